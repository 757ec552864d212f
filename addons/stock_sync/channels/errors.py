# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What can go wrong with a channel, by what has to be done about it.

An adapter raises exactly one of these; whoever calls it decides by the class alone.
``code`` is the channel's own word for it, ``detail`` its text without secrets.
"""


class ChannelError(Exception):
    """Something went wrong at a channel; subclasses say what to do about it."""

    #: trying the very same call again later may work
    is_temporary = False

    def __init__(self, detail="", code="", retry_after=None):
        super().__init__(f"{code}: {detail}" if code else detail)
        self.detail = detail
        self.code = code
        #: seconds the channel asks to wait, None where it does not say
        self.retry_after = retry_after


class Unavailable(ChannelError):
    """No answer, a cut connection or 5xx: nobody knows whether it was done."""

    is_temporary = True


class BadAnswer(Unavailable):
    """An answer that cannot be read: truncated JSON, another shape, too large."""


class RateLimited(ChannelError):
    """Too many calls; nothing was done. ``retry_after`` says when, if told."""

    is_temporary = True


class QuotaExhausted(RateLimited):
    """The day's allowance is used up; ``retry_after`` reaches to its end."""


class TokenExpired(ChannelError):
    """The access token is no longer good: refresh it, then once more."""


class AuthorisationLost(ChannelError):
    """Token revoked, key wrong, refresh token used up: a person has to log in."""


class PermissionMissing(ChannelError):
    """Logged in, but the app or key may not do this; IP allow lists too."""


class ClockSkew(ChannelError):
    """The channel refuses our time stamp: the server's clock is wrong."""


class NotFound(ChannelError):
    """The order, listing or shop does not exist there (any more)."""


class Stale(ChannelError):
    """Compare-and-set failed: the remote value is another. ``current`` if told."""

    def __init__(self, detail="", code="", current=None):
        super().__init__(detail, code)
        self.current = current


class AlreadyDone(ChannelError):
    """The effect is there already: a success that was asked for twice."""


class Refused(ChannelError):
    """The channel's rules forbid it: the same call will never work."""


class Unsupported(ChannelError):
    """This channel has no such thing; see its capabilities."""


class BadSignature(ChannelError):
    """A webhook that is not the channel's: unsigned, wrong or replayed."""


class Misconfigured(ChannelError):
    """A setting is missing or impossible; ``detail`` says which."""
