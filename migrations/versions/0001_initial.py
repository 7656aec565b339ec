"""Every table of the first release, with its CHECKs, UNIQUEs and append-only triggers.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# what the database itself refuses: written out, because a migration imports no code of the product
TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER tr_audit_event_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END",
        "CREATE TRIGGER tr_audit_event_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END",
        "CREATE TRIGGER tr_audit_seal_update BEFORE UPDATE ON audit_seal BEGIN SELECT RAISE(ABORT, 'audit_seal is append-only'); END",
        "CREATE TRIGGER tr_audit_seal_delete BEFORE DELETE ON audit_seal BEGIN SELECT RAISE(ABORT, 'audit_seal is append-only'); END",
        "CREATE TRIGGER tr_finding_update BEFORE UPDATE ON finding BEGIN SELECT RAISE(ABORT, 'finding is append-only'); END",
        "CREATE TRIGGER tr_finding_delete BEFORE DELETE ON finding BEGIN SELECT RAISE(ABORT, 'finding is append-only'); END",
        "CREATE TRIGGER tr_result_set_update BEFORE UPDATE ON result_set BEGIN SELECT RAISE(ABORT, 'result_set is append-only'); END",
        "CREATE TRIGGER tr_result_set_delete BEFORE DELETE ON result_set BEGIN SELECT RAISE(ABORT, 'result_set is append-only'); END",
        "CREATE TRIGGER tr_statement_update BEFORE UPDATE ON statement BEGIN SELECT RAISE(ABORT, 'statement is append-only'); END",
        "CREATE TRIGGER tr_statement_delete BEFORE DELETE ON statement BEGIN SELECT RAISE(ABORT, 'statement is append-only'); END",
        "CREATE TRIGGER tr_weighting_decision_update BEFORE UPDATE ON weighting_decision BEGIN SELECT RAISE(ABORT, 'weighting_decision is append-only'); END",
        "CREATE TRIGGER tr_weighting_decision_delete BEFORE DELETE ON weighting_decision BEGIN SELECT RAISE(ABORT, 'weighting_decision is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$",
        "CREATE TRIGGER tr_audit_event_update BEFORE UPDATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_event_append_only()",
        "CREATE TRIGGER tr_audit_event_delete BEFORE DELETE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_event_append_only()",
        "CREATE OR REPLACE FUNCTION audit_seal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_seal is append-only'; END $$",
        "CREATE TRIGGER tr_audit_seal_update BEFORE UPDATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION audit_seal_append_only()",
        "CREATE TRIGGER tr_audit_seal_delete BEFORE DELETE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION audit_seal_append_only()",
        "CREATE OR REPLACE FUNCTION finding_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'finding is append-only'; END $$",
        "CREATE TRIGGER tr_finding_update BEFORE UPDATE ON finding FOR EACH STATEMENT EXECUTE FUNCTION finding_append_only()",
        "CREATE TRIGGER tr_finding_delete BEFORE DELETE ON finding FOR EACH STATEMENT EXECUTE FUNCTION finding_append_only()",
        "CREATE OR REPLACE FUNCTION result_set_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'result_set is append-only'; END $$",
        "CREATE TRIGGER tr_result_set_update BEFORE UPDATE ON result_set FOR EACH STATEMENT EXECUTE FUNCTION result_set_append_only()",
        "CREATE TRIGGER tr_result_set_delete BEFORE DELETE ON result_set FOR EACH STATEMENT EXECUTE FUNCTION result_set_append_only()",
        "CREATE OR REPLACE FUNCTION statement_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'statement is append-only'; END $$",
        "CREATE TRIGGER tr_statement_update BEFORE UPDATE ON statement FOR EACH STATEMENT EXECUTE FUNCTION statement_append_only()",
        "CREATE TRIGGER tr_statement_delete BEFORE DELETE ON statement FOR EACH STATEMENT EXECUTE FUNCTION statement_append_only()",
        "CREATE OR REPLACE FUNCTION weighting_decision_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'weighting_decision is append-only'; END $$",
        "CREATE TRIGGER tr_weighting_decision_update BEFORE UPDATE ON weighting_decision FOR EACH STATEMENT EXECUTE FUNCTION weighting_decision_append_only()",
        "CREATE TRIGGER tr_weighting_decision_delete BEFORE DELETE ON weighting_decision FOR EACH STATEMENT EXECUTE FUNCTION weighting_decision_append_only()",
    ),
}
TRIGGER_FUNCTIONS = (
    "audit_event_append_only",
    "audit_seal_append_only",
    "finding_append_only",
    "result_set_append_only",
    "statement_append_only",
    "weighting_decision_append_only",
)

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_index", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_last_counter", BIG_ID, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email_index", name=op.f("uq_account_email_index")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "area",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("vintage", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "district",
                "neighbourhood",
                "postcode4",
                name="area_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("gm_code", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", "vintage", name=op.f("uq_area_code_vintage")),
    )
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_gm_code"), ["gm_code"], unique=False)

    op.create_table(
        "audit_event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_ref", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_ref", sa.String(length=80), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_object_ref"), ["object_ref"], unique=False)

    op.create_table(
        "body",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "council",
                "presidium",
                "committee",
                "executive_board",
                name="body_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("may_commission", sa.Boolean(), nullable=False),
        sa.Column("may_decide", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        sa.UniqueConstraint("name", name=op.f("uq_body_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_body_public_id")),
    )
    op.create_table(
        "farewell",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_farewell")),
    )
    op.create_table(
        "job",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "unsure",
                name="job_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", BIG_ID, nullable=False),
        sa.Column("progress_n", BIG_ID, nullable=False),
        sa.Column("progress_of", BIG_ID, nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("progress_n >= 0", name=op.f("ck_job_progress_n")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_job_public_id")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_state_run_at", ["state", "run_at"], unique=False)

    op.create_table(
        "letter_refusal",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("person_index", sa.String(length=64), nullable=False),
        sa.Column("refused_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_refusal")),
        sa.UniqueConstraint("person_index", name=op.f("uq_letter_refusal_person_index")),
    )
    op.create_table(
        "mail",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("recipient_kind", sa.String(length=20), nullable=False),
        sa.Column("recipient_id", BIG_ID, nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "failed",
                "unsure",
                "dropped",
                name="mail_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", BIG_ID, nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_key")),
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_recipient_id"), ["recipient_id"], unique=False)
        batch_op.create_index("ix_mail_state_run_at", ["state", "run_at"], unique=False)

    op.create_table(
        "population_figure",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("gm_code", sa.String(length=6), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("area_name", sa.String(length=120), nullable=False),
        sa.Column("variable", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("count", BIG_ID, nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("age_min", BIG_ID, nullable=True),
        sa.Column("age_max", BIG_ID, nullable=True),
        sa.Column("reference", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("licence", sa.String(length=40), nullable=False),
        sa.Column("attribution", sa.String(length=80), nullable=False),
        sa.Column(
            "status",
            sa.Enum("bron", "afgeleid", name="figure_status", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("derivation", sa.Text(), nullable=False),
        sa.Column("margin", sa.Boolean(), nullable=False),
        sa.CheckConstraint("status <> 'afgeleid' OR derivation <> ''", name=op.f("ck_population_figure_derivation")),
        sa.CheckConstraint("unit IN ('person', 'household', 'dwelling')", name=op.f("ck_population_figure_unit")),
        sa.CheckConstraint("count >= 0", name=op.f("ck_population_figure_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_population_figure")),
        sa.UniqueConstraint(
            "gm_code",
            "area_code",
            "variable",
            "category",
            "reference",
            "margin",
            name=op.f("uq_population_figure_gm_code_area_code_variable_category_reference_margin"),
        ),
    )
    with op.batch_alter_table("population_figure", schema=None) as batch_op:
        batch_op.create_index("ix_population_figure_margin", ["gm_code", "margin", "variable"], unique=False)

    op.create_table(
        "rate_event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("bucket", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_event")),
    )
    with op.batch_alter_table("rate_event", schema=None) as batch_op:
        batch_op.create_index("ix_rate_event_bucket_at", ["bucket", "at"], unique=False)

    op.create_table(
        "recruitment_round",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft", "letters", "closed", name="round_status", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("letter_on", sa.Date(), nullable=False),
        sa.Column("respond_by", sa.Date(), nullable=False),
        sa.Column("sample_delete_on", sa.Date(), nullable=False),
        sa.Column("second_letter_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample_destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("respond_by > letter_on", name=op.f("ck_recruitment_round_respond_by")),
        sa.CheckConstraint("sample_delete_on > respond_by", name=op.f("ck_recruitment_round_sample_delete_on")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruitment_round")),
        sa.UniqueConstraint("name", name=op.f("uq_recruitment_round_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recruitment_round_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "schedule_run",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule_run")),
    )
    op.create_table(
        "seat_quota",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("stratum", sa.String(length=60), nullable=False),
        sa.Column("capacity", BIG_ID, nullable=False),
        sa.Column("seats_left", BIG_ID, nullable=False),
        sa.CheckConstraint("seats_left >= 0 AND seats_left <= capacity", name=op.f("ck_seat_quota_seats_left")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_quota")),
        sa.UniqueConstraint("stratum", name=op.f("uq_seat_quota_stratum")),
    )
    op.create_table(
        "server_session",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "staff",
                "member",
                "invitation",
                "outside",
                name="session_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_server_session")),
    )
    with op.batch_alter_table("server_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_server_session_subject"), ["subject"], unique=False)

    op.create_table(
        "settings_version",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings_version")),
        sa.UniqueConstraint("number", name=op.f("uq_settings_version_number")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stored_file_public_id")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_file_owner"), ["owner"], unique=False)

    op.create_table(
        "subject_salt",
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_subject_salt")),
    )
    op.create_table(
        "account_body",
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("body_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_body_account_id_account")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_account_body_body_id_body")),
        sa.PrimaryKeyConstraint("account_id", "body_id", name=op.f("pk_account_body")),
    )
    op.create_table(
        "account_role",
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "council_member",
                "clerk",
                "analyst",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_role_account_id_account")),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_account_role")),
    )
    op.create_table(
        "audit_seal",
        sa.Column("position", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_audit_seal_event_id_audit_event")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_seal_event_id")),
    )
    op.create_table(
        "commission",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("body_id", BIG_ID, nullable=False),
        sa.Column("deciding_body_id", BIG_ID, nullable=False),
        sa.Column("author_id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "form_advised",
                "accepted",
                "returned",
                "declined",
                name="commission_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("municipality_position", sa.Text(), nullable=False),
        sa.Column(
            "municipality_role",
            sa.Enum(
                "spectator",
                "participant",
                "director",
                "decider",
                name="municipality_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("decision_title", sa.String(length=300), nullable=False),
        sa.Column("decision_url", sa.String(length=500), nullable=False),
        sa.Column(
            "bob_phase",
            sa.Enum(
                "exploring",
                "judging",
                "deciding",
                name="bob_phase",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("decision_on", sa.Date(), nullable=True),
        sa.Column("papers_on", sa.Date(), nullable=True),
        sa.Column("room_for_influence", sa.Boolean(), nullable=True),
        sa.Column("enough_interest", sa.Boolean(), nullable=True),
        sa.Column("enough_time", sa.Boolean(), nullable=True),
        sa.Column("why_ask", sa.Text(), nullable=False),
        sa.Column("information_means", sa.Text(), nullable=False),
        sa.Column("information_audience", sa.Text(), nullable=False),
        sa.Column("information_on", sa.Date(), nullable=True),
        sa.Column("no_anchor_points", sa.Boolean(), nullable=False),
        sa.Column("shared_interest", sa.Text(), nullable=False),
        sa.Column("missing_voices", sa.Text(), nullable=False),
        sa.Column("heard_beside", sa.Text(), nullable=False),
        sa.Column("consulted_at_start", sa.Text(), nullable=False),
        sa.Column("size_scales", sa.JSON(), nullable=False),
        sa.Column("area_districts", sa.JSON(), nullable=False),
        sa.Column("other_form_reason", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("intended_use", sa.String(length=60), nullable=False),
        sa.Column("rule_council_decision", sa.String(length=120), nullable=False),
        sa.Column("rule_options", sa.Text(), nullable=False),
        sa.Column("rule_weighted", sa.Boolean(), nullable=True),
        sa.Column("rule_majority", BIG_ID, nullable=True),
        sa.Column("rule_minimum_response", BIG_ID, nullable=True),
        sa.Column("rule_overlap", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("results_promised_on", sa.Date(), nullable=True),
        sa.Column("feedback_promised_on", sa.Date(), nullable=True),
        sa.Column("values_answer", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("form_advice", sa.Text(), nullable=False),
        sa.Column("advised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body_decision_number", sa.String(length=80), nullable=False),
        sa.Column("body_decision_on", sa.Date(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_document", sa.JSON(), nullable=True),
        sa.Column("accepted_hash", sa.String(length=64), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("decline_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(status <> 'accepted') OR (accepted_hash IS NOT NULL)", name=op.f("ck_commission_accepted_is_fixed")
        ),
        sa.CheckConstraint(
            "rule_majority IS NULL OR (rule_majority BETWEEN 50 AND 100)", name=op.f("ck_commission_rule_majority")
        ),
        sa.CheckConstraint(
            "rule_minimum_response IS NULL OR rule_minimum_response > 0",
            name=op.f("ck_commission_rule_minimum_response"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_commission_author_id_account")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_commission_body_id_body")),
        sa.ForeignKeyConstraint(["deciding_body_id"], ["body.id"], name=op.f("fk_commission_deciding_body_id_body")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission")),
        sa.UniqueConstraint("public_id", name=op.f("uq_commission_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_commission_slug")),
    )
    with op.batch_alter_table("commission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commission_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commission_body_id"), ["body_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commission_deciding_body_id"), ["deciding_body_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commission_status"), ["status"], unique=False)

    op.create_table(
        "file_chunk",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("file_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_file_chunk_file_id_stored_file"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_chunk")),
        sa.UniqueConstraint("file_id", "number", name=op.f("uq_file_chunk_file_id_number")),
    )
    op.create_table(
        "sample_person",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("round_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("house_number", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("person_index", sa.String(length=64), nullable=True),
        sa.Column("stratum", sa.String(length=60), nullable=False),
        sa.Column("sex", sa.String(length=20), nullable=False),
        sa.Column("age_class", sa.String(length=20), nullable=False),
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.Column("inclusion_probability", sa.Double(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("no_more_letters", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "destroyed_at IS NULL OR last_name IS NULL", name=op.f("ck_sample_person_destroyed_is_blank")
        ),
        sa.CheckConstraint(
            "inclusion_probability > 0 AND inclusion_probability <= 1",
            name=op.f("ck_sample_person_inclusion_probability"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["recruitment_round.id"], name=op.f("fk_sample_person_round_id_recruitment_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_person")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_sample_person_round_id_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sample_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_person_person_index"), ["person_index"], unique=False)
        batch_op.create_index("ix_sample_person_round_stratum", ["round_id", "stratum"], unique=False)

    op.create_table(
        "anchor_point",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("commission_id", BIG_ID, nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commission.id"], name=op.f("fk_anchor_point_commission_id_commission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor_point")),
        sa.UniqueConstraint("commission_id", "position", name=op.f("uq_anchor_point_commission_id_position")),
    )
    with op.batch_alter_table("anchor_point", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_anchor_point_commission_id"), ["commission_id"], unique=False)

    op.create_table(
        "central_question",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("commission_id", BIG_ID, nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commission.id"], name=op.f("fk_central_question_commission_id_commission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_central_question")),
        sa.UniqueConstraint("commission_id", "position", name=op.f("uq_central_question_commission_id_position")),
    )
    with op.batch_alter_table("central_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_central_question_commission_id"), ["commission_id"], unique=False)

    op.create_table(
        "commission_amendment",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("commission_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_commission_amendment_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commission.id"], name=op.f("fk_commission_amendment_commission_id_commission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_amendment")),
    )
    with op.batch_alter_table("commission_amendment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commission_amendment_commission_id"), ["commission_id"], unique=False)

    op.create_table(
        "member",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "applied",
                "confirmed",
                "waiting",
                "active",
                "paused",
                "dormant",
                "left",
                name="member_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "drawn", "self_registered", name="member_origin", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("round_id", BIG_ID, nullable=True),
        sa.Column("sample_person_id", BIG_ID, nullable=True),
        sa.Column("stratum", sa.String(length=60), nullable=False),
        sa.Column("base_weight", sa.Double(), nullable=True),
        sa.Column("holds_seat", sa.Boolean(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("house_number", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("email_index", sa.String(length=64), nullable=True),
        sa.Column("surname_index", sa.String(length=64), nullable=True),
        sa.Column("household_index", sa.String(length=64), nullable=True),
        sa.Column("birth_year", BIG_ID, nullable=True),
        sa.Column(
            "sex",
            sa.Enum(
                "male",
                "female",
                "other",
                "undisclosed",
                name="sex",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.Column(
            "education",
            sa.Enum(
                "low",
                "middle",
                "high",
                "undisclosed",
                name="education",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "tenure",
            sa.Enum(
                "owner", "renter", "undisclosed", name="tenure", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("newsletter", sa.Boolean(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address_letter_on", sa.Date(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("profile_checked_on", sa.Date(), nullable=True),
        sa.Column("invited_n", BIG_ID, nullable=False),
        sa.Column("answered_n", BIG_ID, nullable=False),
        sa.Column("unanswered_in_row", BIG_ID, nullable=False),
        sa.Column("last_active_on", sa.Date(), nullable=True),
        sa.CheckConstraint("origin <> 'drawn' OR round_id IS NOT NULL", name=op.f("ck_member_drawn_has_round")),
        sa.CheckConstraint("status <> 'active' OR admitted_at IS NOT NULL", name=op.f("ck_member_active_is_admitted")),
        sa.CheckConstraint(
            "status <> 'left' OR (last_name IS NULL AND email IS NULL)", name=op.f("ck_member_left_is_blank")
        ),
        sa.CheckConstraint("status <> 'paused' OR paused_until IS NOT NULL", name=op.f("ck_member_pause_ends")),
        sa.CheckConstraint("status <> 'waiting' OR queued_at IS NOT NULL", name=op.f("ck_member_waiting_is_queued")),
        sa.CheckConstraint("base_weight IS NULL OR base_weight > 0", name=op.f("ck_member_base_weight")),
        sa.CheckConstraint("invited_n >= answered_n AND answered_n >= 0", name=op.f("ck_member_counters")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["recruitment_round.id"], name=op.f("fk_member_round_id_recruitment_round")
        ),
        sa.ForeignKeyConstraint(
            ["sample_person_id"], ["sample_person.id"], name=op.f("fk_member_sample_person_id_sample_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("public_id", name=op.f("uq_member_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_district_code"), ["district_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_email_index"), ["email_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_household_index"), ["household_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_sample_person_id"), ["sample_person_id"], unique=False)
        batch_op.create_index("ix_member_status_stratum", ["status", "stratum"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_surname_index"), ["surname_index"], unique=False)

    op.create_table(
        "obligation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("feedback", name="obligation_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("commission_id", BIG_ID, nullable=False),
        sa.Column("body_id", BIG_ID, nullable=False),
        sa.Column("wave_ref", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_lifted_reason", sa.Text(), nullable=False),
        sa.Column("pause_lifted_decision", sa.String(length=120), nullable=False),
        sa.Column("pause_lifted_on", sa.Date(), nullable=True),
        sa.Column("pause_lifted_url", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_obligation_body_id_body")),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commission.id"], name=op.f("fk_obligation_commission_id_commission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
        sa.UniqueConstraint("wave_ref", "kind", name=op.f("uq_obligation_wave_ref_kind")),
    )
    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_obligation_body_id"), ["body_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_obligation_commission_id"), ["commission_id"], unique=False)

    op.create_table(
        "stakeholder",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("commission_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("interest", sa.String(length=500), nullable=False),
        sa.Column("weight", BIG_ID, nullable=False),
        sa.Column(
            "effect",
            sa.Enum("gain", "loss", "both", name="effect", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("little_influence", sa.Boolean(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("plan_part", sa.String(length=200), nullable=False),
        sa.Column("heard_how", sa.String(length=500), nullable=False),
        sa.CheckConstraint("weight BETWEEN 1 AND 5", name=op.f("ck_stakeholder_weight")),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commission.id"], name=op.f("fk_stakeholder_commission_id_commission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stakeholder")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stakeholder_public_id")),
    )
    with op.batch_alter_table("stakeholder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stakeholder_commission_id"), ["commission_id"], unique=False)

    op.create_table(
        "wave",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("commission_id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("minutes", BIG_ID, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "design",
                "ready",
                "fielding",
                "paper",
                "closed",
                "cancelled",
                "voided",
                name="wave_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opens_wall", sa.String(length=16), nullable=False),
        sa.Column("closes_wall", sa.String(length=16), nullable=False),
        sa.Column("paper_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column("frozen_document", sa.JSON(), nullable=True),
        sa.Column("frozen_hash", sa.String(length=64), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("invited_n", BIG_ID, nullable=False),
        sa.Column("answered_n", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", BIG_ID, nullable=True),
        sa.Column("edited_by_id", BIG_ID, nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('design', 'cancelled') OR (frozen_hash IS NOT NULL AND opens_at IS NOT NULL)",
            name=op.f("ck_wave_frozen_before_ready"),
        ),
        sa.CheckConstraint("answered_n <= invited_n", name=op.f("ck_wave_answered_n")),
        sa.CheckConstraint(
            "closes_at IS NULL OR opens_at IS NULL OR closes_at > opens_at", name=op.f("ck_wave_closes_after_opening")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_wave_author_id_account")),
        sa.ForeignKeyConstraint(["commission_id"], ["commission.id"], name=op.f("fk_wave_commission_id_commission")),
        sa.ForeignKeyConstraint(["edited_by_id"], ["account.id"], name=op.f("fk_wave_edited_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
        sa.UniqueConstraint("public_id", name=op.f("uq_wave_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_wave_slug")),
    )
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wave_commission_id"), ["commission_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_wave_status"), ["status"], unique=False)

    op.create_table(
        "cell_count",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("wave_id", BIG_ID, nullable=False),
        sa.Column("classes", sa.JSON(), nullable=False),
        sa.Column("stratum", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("invited", BIG_ID, nullable=False),
        sa.Column("answered", BIG_ID, nullable=False),
        sa.CheckConstraint("answered >= 0 AND invited >= 0", name=op.f("ck_cell_count_counts")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_cell_count_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell_count")),
    )
    with op.batch_alter_table("cell_count", schema=None) as batch_op:
        batch_op.create_index("ix_cell_count_wave_id", ["wave_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("member_id", BIG_ID, nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "participate",
                "link_waves",
                "talk_further",
                name="consent_purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_consent_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_member_id"), ["member_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("member_id", BIG_ID, nullable=False),
        sa.Column("wave_ref", sa.String(length=60), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_contact_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("member_id", "wave_ref", name=op.f("uq_contact_member_id_wave_ref")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_wave_ref"), ["wave_ref"], unique=False)

    op.create_table(
        "day_counter",
        sa.Column("wave_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sent", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_day_counter_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", "day", name=op.f("pk_day_counter")),
    )
    op.create_table(
        "destruction_receipt",
        sa.Column("wave_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("links", BIG_ID, nullable=False),
        sa.Column("responses", BIG_ID, nullable=False),
        sa.Column("drafts_destroyed", BIG_ID, nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_destruction_receipt_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_destruction_receipt")),
    )
    op.create_table(
        "fieldwork",
        sa.Column("wave_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("carried", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_reminder_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_reminder_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("classes_until", sa.Date(), nullable=True),
        sa.Column("classes_deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_fieldwork_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", name=op.f("pk_fieldwork")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("wave_id", BIG_ID, nullable=False),
        sa.Column("member_id", BIG_ID, nullable=False),
        sa.Column("link_version", BIG_ID, nullable=False),
        sa.Column("classes", sa.JSON(), nullable=False),
        sa.Column("base_weight", sa.Double(), nullable=False),
        sa.Column("stratum", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("opted_out", sa.Boolean(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("base_weight > 0", name=op.f("ck_invitation_base_weight")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_invitation_member_id_member")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_invitation_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitation_public_id")),
        sa.UniqueConstraint("wave_id", "member_id", name=op.f("uq_invitation_wave_id_member_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_member_id"), ["member_id"], unique=False)

    op.create_table(
        "page_counter",
        sa.Column("wave_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("item_key", sa.String(length=60), nullable=False),
        sa.Column("stopped", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_page_counter_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", "item_key", name=op.f("pk_page_counter")),
    )
    op.create_table(
        "key_recovery",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("wave_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("asked_by_id", BIG_ID, nullable=False),
        sa.Column("asked_function", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", BIG_ID, nullable=True),
        sa.Column("confirmed_function", sa.String(length=40), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recovered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name=op.f("ck_key_recovery_two_people")
        ),
        sa.CheckConstraint(
            "recovered_at IS NULL OR confirmed_by_id IS NOT NULL", name=op.f("ck_key_recovery_confirmed_first")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_key_recovery_asked_by_id_account")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["account.id"], name=op.f("fk_key_recovery_confirmed_by_id_account")
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_key_recovery_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_recovery")),
        sa.UniqueConstraint("public_id", name=op.f("uq_key_recovery_public_id")),
    )
    with op.batch_alter_table("key_recovery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_key_recovery_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "publication",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("wave_id", BIG_ID, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "weighing",
                "needs_decision",
                "proposed",
                "weighted",
                "results_published",
                "feedback_published",
                name="publication_status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("results_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("results_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback_due_on", sa.Date(), nullable=False),
        sa.Column("feedback_published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusals", sa.JSON(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "status <> 'feedback_published' OR feedback_published_at IS NOT NULL",
            name=op.f("ck_publication_feedback_has_a_moment"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('results_published', 'feedback_published') OR results_at IS NOT NULL",
            name=op.f("ck_publication_results_have_a_moment"),
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_publication_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("public_id", name=op.f("uq_publication_public_id")),
        sa.UniqueConstraint("wave_id", name=op.f("uq_publication_wave_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "question",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("wave_id", BIG_ID, nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("item_key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("minimum", sa.Double(), nullable=True),
        sa.Column("maximum", sa.Double(), nullable=True),
        sa.Column("low_label", sa.String(length=120), nullable=False),
        sa.Column("high_label", sa.String(length=120), nullable=False),
        sa.Column("max_choices", BIG_ID, nullable=True),
        sa.Column("condition", sa.JSON(), nullable=True),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("central_question_id", BIG_ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["central_question_id"],
            ["central_question.id"],
            name=op.f("fk_question_central_question_id_central_question"),
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_question_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("wave_id", "item_key", name=op.f("uq_question_wave_id_item_key")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "sealed_response",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("wave_id", BIG_ID, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("revision", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_sealed_response_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_response")),
    )
    with op.batch_alter_table("sealed_response", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_response_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "sign_in_request",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "sign_in",
                "confirm_email",
                "change_email",
                name="code_purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_index", sa.String(length=64), nullable=False),
        sa.Column("member_id", BIG_ID, nullable=True),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", BIG_ID, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_sign_in_request_attempts")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_sign_in_request_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sign_in_request_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sign_in_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_request_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_request_member_id"), ["member_id"], unique=False)

    op.create_table(
        "sign_off",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("wave_id", BIG_ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "staff", "outside", "late", name="sign_off_kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", BIG_ID, nullable=True),
        sa.Column("signer_name", sa.Text(), nullable=True),
        sa.Column("signer_function", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind <> 'late' OR due_on IS NOT NULL", name=op.f("ck_sign_off_late_has_a_date")),
        sa.CheckConstraint("kind = 'late' OR signed_at IS NOT NULL", name=op.f("ck_sign_off_only_late_is_open")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_off_account_id_account")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_sign_off_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
    )
    with op.batch_alter_table("sign_off", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_off_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "sign_off_link",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("wave_id", BIG_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_sign_off_link_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off_link")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sign_off_link_public_id")),
    )
    with op.batch_alter_table("sign_off_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_off_link_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "survey_response",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("wave_id", BIG_ID, nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("classes", sa.JSON(), nullable=False),
        sa.Column("weighting_classes", sa.JSON(), nullable=False),
        sa.Column("base_weight", sa.Double(), nullable=True),
        sa.Column("stratum", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_survey_response_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_response")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("survey_response", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_response_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "wave_extension",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("wave_id", BIG_ID, nullable=False),
        sa.Column("closes_at_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_extension_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_extension")),
    )
    with op.batch_alter_table("wave_extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wave_extension_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("publication_id", BIG_ID, nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column(
            "origin",
            sa.Enum("question", "council", name="finding_origin", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("item_key", sa.String(length=80), nullable=True),
        sa.Column("author_id", BIG_ID, nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("central_question", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("base_text", sa.Text(), nullable=False),
        sa.Column("uncertainty", sa.Text(), nullable=False),
        sa.Column("not_concluded", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(origin = 'question' AND item_key IS NOT NULL AND author_id IS NULL) OR (origin = 'council' AND item_key IS NULL AND author_id IS NOT NULL)",
            name=op.f("ck_finding_origin_fits"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_finding_author_id_account")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_finding_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("public_id", name=op.f("uq_finding_public_id")),
        sa.UniqueConstraint("publication_id", "position", name=op.f("uq_finding_publication_id_position")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(
            "ux_finding_author",
            ["publication_id", "author_id"],
            unique=True,
            sqlite_where=sa.text("author_id IS NOT NULL"),
            postgresql_where=sa.text("author_id IS NOT NULL"),
        )
        batch_op.create_index("ux_finding_item", ["publication_id", "item_key"], unique=True)

    op.create_table(
        "result_set",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("publication_id", BIG_ID, nullable=False),
        sa.Column("version", BIG_ID, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("code_version", sa.String(length=80), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_result_set_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_set")),
        sa.UniqueConstraint("publication_id", "version", name=op.f("uq_result_set_publication_id_version")),
    )
    op.create_table(
        "statement",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("publication_id", BIG_ID, nullable=False),
        sa.Column("author_id", BIG_ID, nullable=False),
        sa.Column("signed_as", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_statement_author_id_account")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_statement_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_publication_id"), ["publication_id"], unique=False)

    op.create_table(
        "weighting_decision",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("publication_id", BIG_ID, nullable=False),
        sa.Column("merges", sa.JSON(), nullable=False),
        sa.Column("trim_low", sa.Double(), nullable=True),
        sa.Column("trim_high", sa.Double(), nullable=True),
        sa.Column("dropped", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_weighting_decision_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weighting_decision")),
    )
    with op.batch_alter_table("weighting_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_weighting_decision_publication_id"), ["publication_id"], unique=False)

    op.create_table(
        "finding_answer",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("finding_id", BIG_ID, nullable=False),
        sa.Column("version", BIG_ID, nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "adopted",
                "partly",
                "not_adopted",
                "undecided",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decision_number", sa.String(length=80), nullable=False),
        sa.Column("decision_on", sa.Date(), nullable=True),
        sa.Column("vote", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("undecided_until", sa.Date(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome <> 'undecided' OR undecided_until IS NOT NULL", name=op.f("ck_finding_answer_undecided_has_a_date")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_answer_finding_id_finding")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_answer")),
        sa.UniqueConstraint("finding_id", "version", name=op.f("uq_finding_answer_finding_id_version")),
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_table("finding_answer")
    with op.batch_alter_table("weighting_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_weighting_decision_publication_id"))

    op.drop_table("weighting_decision")
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_publication_id"))

    op.drop_table("statement")
    op.drop_table("result_set")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index("ux_finding_item")
        batch_op.drop_index(
            "ux_finding_author",
            sqlite_where=sa.text("author_id IS NOT NULL"),
            postgresql_where=sa.text("author_id IS NOT NULL"),
        )

    op.drop_table("finding")
    with op.batch_alter_table("wave_extension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wave_extension_wave_id"))

    op.drop_table("wave_extension")
    with op.batch_alter_table("survey_response", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_response_wave_id"))

    op.drop_table("survey_response")
    with op.batch_alter_table("sign_off_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_off_link_wave_id"))

    op.drop_table("sign_off_link")
    with op.batch_alter_table("sign_off", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_off_wave_id"))

    op.drop_table("sign_off")
    with op.batch_alter_table("sign_in_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_request_member_id"))
        batch_op.drop_index(batch_op.f("ix_sign_in_request_expires_at"))

    op.drop_table("sign_in_request")
    with op.batch_alter_table("sealed_response", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_response_wave_id"))

    op.drop_table("sealed_response")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_wave_id"))

    op.drop_table("question")
    op.drop_table("publication")
    with op.batch_alter_table("key_recovery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_key_recovery_wave_id"))

    op.drop_table("key_recovery")
    op.drop_table("page_counter")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_member_id"))

    op.drop_table("invitation")
    op.drop_table("fieldwork")
    op.drop_table("destruction_receipt")
    op.drop_table("day_counter")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_wave_ref"))
        batch_op.drop_index(batch_op.f("ix_contact_member_id"))

    op.drop_table("contact")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_member_id"))

    op.drop_table("consent")
    with op.batch_alter_table("cell_count", schema=None) as batch_op:
        batch_op.drop_index("ix_cell_count_wave_id")

    op.drop_table("cell_count")
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wave_status"))
        batch_op.drop_index(batch_op.f("ix_wave_commission_id"))

    op.drop_table("wave")
    with op.batch_alter_table("stakeholder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stakeholder_commission_id"))

    op.drop_table("stakeholder")
    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_obligation_commission_id"))
        batch_op.drop_index(batch_op.f("ix_obligation_body_id"))

    op.drop_table("obligation")
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_surname_index"))
        batch_op.drop_index("ix_member_status_stratum")
        batch_op.drop_index(batch_op.f("ix_member_sample_person_id"))
        batch_op.drop_index(batch_op.f("ix_member_round_id"))
        batch_op.drop_index(batch_op.f("ix_member_household_index"))
        batch_op.drop_index(batch_op.f("ix_member_email_index"))
        batch_op.drop_index(batch_op.f("ix_member_district_code"))

    op.drop_table("member")
    with op.batch_alter_table("commission_amendment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commission_amendment_commission_id"))

    op.drop_table("commission_amendment")
    with op.batch_alter_table("central_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_central_question_commission_id"))

    op.drop_table("central_question")
    with op.batch_alter_table("anchor_point", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_anchor_point_commission_id"))

    op.drop_table("anchor_point")
    with op.batch_alter_table("sample_person", schema=None) as batch_op:
        batch_op.drop_index("ix_sample_person_round_stratum")
        batch_op.drop_index(batch_op.f("ix_sample_person_person_index"))

    op.drop_table("sample_person")
    op.drop_table("file_chunk")
    with op.batch_alter_table("commission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commission_status"))
        batch_op.drop_index(batch_op.f("ix_commission_deciding_body_id"))
        batch_op.drop_index(batch_op.f("ix_commission_body_id"))
        batch_op.drop_index(batch_op.f("ix_commission_author_id"))

    op.drop_table("commission")
    op.drop_table("audit_seal")
    op.drop_table("account_role")
    op.drop_table("account_body")
    op.drop_table("subject_salt")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_file_owner"))

    op.drop_table("stored_file")
    op.drop_table("settings_version")
    with op.batch_alter_table("server_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_server_session_subject"))

    op.drop_table("server_session")
    op.drop_table("seat_quota")
    op.drop_table("schedule_run")
    op.drop_table("recruitment_round")
    with op.batch_alter_table("rate_event", schema=None) as batch_op:
        batch_op.drop_index("ix_rate_event_bucket_at")

    op.drop_table("rate_event")
    with op.batch_alter_table("population_figure", schema=None) as batch_op:
        batch_op.drop_index("ix_population_figure_margin")

    op.drop_table("population_figure")
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index("ix_mail_state_run_at")
        batch_op.drop_index(batch_op.f("ix_mail_recipient_id"))
        batch_op.drop_index(batch_op.f("ix_mail_kind"))

    op.drop_table("mail")
    op.drop_table("letter_refusal")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_state_run_at")

    op.drop_table("job")
    op.drop_table("farewell")
    op.drop_table("body")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_object_ref"))
        batch_op.drop_index(batch_op.f("ix_audit_event_at"))
        batch_op.drop_index(batch_op.f("ix_audit_event_action"))

    op.drop_table("audit_event")
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_gm_code"))

    op.drop_table("area")
    op.drop_table("account")
    if op.get_bind().dialect.name == "postgresql":
        for name in TRIGGER_FUNCTIONS:
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")
