# R survey: raking, calibrated means by domain, replicates raked again. Rscript survey.R TASK FOLDER
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
task <- arguments[1]
folder <- arguments[2]
cat(sprintf('{"version": "%s on R %s.%s"}\n', packageVersion("survey"), R.version$major, R.version$minor))

names5 <- c("age", "sex", "district", "education", "household")
totals <- lapply(readLines(file.path(folder, "totals.txt")), function(line) as.numeric(strsplit(line, " ")[[1]]))
total <- sum(totals[[1]])
target <- 1e-10

integers <- function(name, n, columns) {
  path <- file.path(folder, sprintf("%s_%s.bin", name, format(n, scientific = FALSE)))
  matrix(readBin(path, "integer", n * columns, size = 4), ncol = columns, byrow = TRUE)
}
members <- function(n) {
  codes <- integers("codes", n, 5)
  frame <- as.data.frame(lapply(1:5, function(j) factor(codes[, j], levels = seq_along(totals[[j]]) - 1)))
  names(frame) <- names5
  frame$w <- total / n
  frame
}
margins <- function() {
  lapply(1:5, function(j) {
    frame <- data.frame(factor(seq_along(totals[[j]]) - 1), Freq = totals[[j]])
    names(frame)[1] <- names5[j]
    frame
  })
}
formulas <- lapply(names5, function(name) as.formula(paste("~", name)))
whole <- as.formula(paste("~", paste(names5, collapse = " + ")))
population <- c(total, unlist(lapply(totals, function(t) t[-1])))
error_of <- function(frame, weights) {
  max(sapply(1:5, function(j) max(abs(tapply(weights, frame[[names5[j]]], sum) / totals[[j]] - 1))))
}
timed <- function(work, repeats, warm = TRUE) {
  if (warm) work()
  wall <- processor <- numeric(0)
  for (i in seq_len(repeats)) {
    used <- system.time(work())
    wall <- c(wall, 1000 * used[["elapsed"]])
    processor <- c(processor, 1000 * (used[["user.self"]] + used[["sys.self"]]))
  }
  list(wall = wall, processor = processor)
}
tell <- function(task, n, call, times, error = NA, setting = "") {
  list_of <- function(x) paste0("[", paste(sprintf("%.6g", x), collapse = ", "), "]")
  reached <- if (is.na(error)) "null" else sprintf("%.6g", error)
  cat(sprintf(
    '{"task": "%s", "n": %d, "call": "%s", "wall": %s, "processor": %s, "error": %s, "setting": "%s"}\n',
    task, as.integer(n), call, list_of(times$wall), list_of(times$processor), reached, setting
  ))
}
calibrated <- function(design, epsilon) {
  calibrate(design, whole, setNames(population, colnames(model.matrix(whole, model.frame(design)[1:2, ]))),
    calfun = "raking", epsilon = epsilon, maxit = 200)
}
loosest <- function(criteria, error) {
  for (criterion in criteria) if (error(criterion) <= target) break
  criterion
}

raking <- function() {
  for (n in c(1500, 50000, 1000000)) {
    frame <- members(n)
    design <- svydesign(ids = ~1, weights = ~w, data = frame)
    repeats <- if (n < 1e5) 5 else 1
    asked <- margins()
    calls <- list(
      rake = function(epsilon) rake(design, formulas, asked, control = list(maxit = 200, epsilon = epsilon)),
      calibrate = function(epsilon) calibrated(design, epsilon)
    )
    settings <- list(rake = c(1e-11, 1e-12, 1e-13), calibrate = c(1e-7, 1e-9, 1e-11))
    for (call in names(calls)) {
      work <- calls[[call]]
      # at a million the first criterion that reached the target at 50,000 is kept: each trial costs seconds
      if (n < 1e6) chosen[[call]] <<- loosest(settings[[call]], function(e) error_of(frame, weights(work(e))))
      made <- NULL
      times <- timed(function() made <<- work(chosen[[call]]), repeats, warm = n < 1e6)
      tell("raking rows", n, call, times, error_of(frame, weights(made)), sprintf("epsilon=%.0e", chosen[[call]]))
    }
    if (n < 1e6) {
      made <- NULL
      times <- timed(function() made <<- rake(design, formulas, asked), repeats)
      tell("raking rows", n, "rake, default criterion", times, error_of(frame, weights(made)), "epsilon=1")
    }
  }
}
chosen <- list()

estimation <- function() {
  items <- as.formula(paste("~", paste0("item", 0:39, collapse = " + ")))
  for (n in c(1500, 50000)) {
    frame <- members(n)
    answers <- as.data.frame(integers("items", n, 40))
    names(answers) <- paste0("item", 0:39)
    design <- calibrated(svydesign(ids = ~1, weights = ~w, data = cbind(frame, answers)), 1e-11)
    found <- NULL
    work <- function() {
      found <<- do.call(rbind, lapply(formulas, function(by) as.matrix(SE(svyby(items, by, design, svymean)))))
    }
    times <- timed(work, if (n < 10000) 5 else 1, warm = n < 10000)
    writeBin(as.numeric(t(found)), file.path(folder, sprintf("se_survey_%d.bin", as.integer(n))))
    tell("estimation", n, "svyby on calibrate()", times)
  }
}

replication <- function() {
  n <- 1500
  frame <- members(n)
  answers <- as.data.frame(integers("items", n, 40))
  names(answers) <- paste0("item", 0:39)
  items <- as.formula(paste("~", paste0("item", 0:39, collapse = " + ")))
  design <- svydesign(ids = ~1, weights = ~w, data = cbind(frame, answers))
  make <- function() {
    set.seed(1)
    rake(as.svrepdesign(design, type = "subbootstrap", replicates = 500), formulas, margins(),
      control = list(maxit = 200, epsilon = 1e-12))
  }
  made <- NULL
  times <- timed(function() made <<- make(), 1)
  replicates <- weights(made, "analysis")
  error <- max(apply(replicates, 2, function(w) error_of(frame, w)))
  tell("replication weights", n, "as.svrepdesign(subbootstrap), rake", times, error)
  found <- NULL
  times <- timed(function() found <<- svymean(items, make()), 1, warm = FALSE)
  writeBin(as.numeric(SE(found)), file.path(folder, "rep_survey_1500.bin"))
  tell("replication means", n, "and svymean", times)
}

switch(task, raking = raking(), estimation = estimation(), replication = replication())
