"""Who may do what while a wave is in the field."""

from core.permissions import register, role

clerk = role("clerk")

register(
    {
        "fieldwork.view": (role("clerk", "analyst"),),
        "fieldwork.extend": (clerk,),
        "fieldwork.remind": (clerk,),
        "fieldwork.paper": (clerk,),
        "fieldwork.post": (clerk,),
    }
)
