"""The whole story, counted back from today."""

from portal.demonstration.story import green, meeting, people, traffic, waste
from portal.demonstration.story.shapes import Calendar, RecruitmentStory, Story

SMALL = RecruitmentStory(n_letters=1_500, target=260, n_waiting=8)


def whole_story(calendar: Calendar, recruitment: RecruitmentStory | None = None) -> Story:
    """Four questionnaires in four states, in the order in which they were asked."""
    return Story(
        bodies=people.BODIES,
        accounts=people.ACCOUNTS,
        settings=people.settings_of(calendar),
        recruitment=recruitment or RecruitmentStory(),
        waves=(traffic.WAVE, green.WAVE, meeting.WAVE, waste.WAVE),
        drafts=(waste.DRAFT,),
    )
