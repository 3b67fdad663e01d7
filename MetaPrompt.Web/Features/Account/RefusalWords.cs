using MetaPrompt.Data.Accounts;

namespace MetaPrompt.Web.Features.Account;

/// <summary>What happened and what to do, in plain words.</summary>
internal static class RefusalWords
{
    public static string For(Refused refused) => refused.Reason switch
    {
        Refusal.WrongCredentials => "Email and password do not match an account. Check both, or reset the password.",
        Refusal.NotConfirmed => "This address is not confirmed yet. Open the link in the mail we sent; if it is lost, sign up again and another one comes.",
        Refusal.Banned => "This account is closed for now. Ask whoever runs this site.",
        Refusal.TooManyAttempts => refused.RetryAfter is { } wait
            ? $"Too many attempts. Wait {Wait(wait)}, then try again."
            : "Too many attempts. Wait a while, then try again.",
        Refusal.NotCreated => "We could not create an account with these details. If you already have one, sign in or reset the password.",
        Refusal.SignUpClosed => "New accounts are not being taken at the moment. Ask whoever runs this site.",
        Refusal.InvalidDetails => "The account service does not accept this address or password. Check them, or use another address.",
        Refusal.WeakPassword => "This password is too easy to guess. Choose a longer one, or one with more kinds of characters.",
        Refusal.CommonPassword => "This password is among those that are tried first: many people have it, or it is made of your own name or address. Choose another; a few words in a row are easy to keep in mind.",
        Refusal.SamePassword => "This is the password you have already. Choose a different one.",
        Refusal.LinkExpired => "This link no longer works: it has been used, or it is too old. Ask for a new one.",
        Refusal.OtherBrowser => "This link works only in the browser it was asked for from. Open it there, or ask for a new one here.",
        Refusal.SessionEnded => "You have been signed out. Sign in again.",
        Refusal.Unavailable => "The account service did not answer, and nothing has changed. Try again in a minute.",
        _ => throw new ArgumentOutOfRangeException(nameof(refused), refused.Reason, "a refusal without words"),
    };

    /// <summary>"40 seconds", "1 minute", "12 minutes": rounded up, so that waiting so long is enough.</summary>
    public static string Wait(TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        var (count, unit) = seconds < 60 ? (seconds, "second") : ((seconds + 59) / 60, "minute");
        return $"{count} {unit}{(count == 1 ? "" : "s")}";
    }
}
