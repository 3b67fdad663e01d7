using MetaPrompt.Data.Accounts;

namespace MetaPrompt.Web.Features.Account.Mail;

/// <summary>The words of the mails about accounts.</summary>
internal sealed class AccountMail(Mailer mailer) : IAccountMail
{
    /// <inheritdoc/>
    public bool ReachesPeople => true;

    /// <inheritdoc/>
    public void SendReset(string email, string? fullName, Uri link) => mailer.Send(email, "Choose a new password for MetaPrompt",
        $"""
        Hello{(string.IsNullOrWhiteSpace(fullName) ? "" : $" {OneLine(fullName)}")},

        somebody, probably you, asked for a new password for this address. To choose one, open this link within an hour:

        {link}

        It works once. If it was not you, do nothing: your password stays as it is.
        """);

    /// <inheritdoc/>
    public void SendConfirmation(string email, string fullName, Uri link) => mailer.Send(email, "Confirm your address for MetaPrompt",
        $"""
        Hello {OneLine(fullName)},

        to finish creating your account, open this link within a day and type the password you chose:

        {link}

        If you did not ask for an account, do nothing: none is made.
        """);

    /// <inheritdoc/>
    public void SendTaken(string email, Uri signIn, Uri forgotten) => mailer.Send(email, "You already have a MetaPrompt account",
        $"""
        Hello,

        somebody, probably you, asked for an account with this address. It has one already. Sign in here:

        {signIn}

        or, if you forgot the password, choose a new one here:

        {forgotten}

        If it was not you, do nothing: nobody was let in.
        """);

    // A name is whatever its person typed, or somebody who signs up strangers: no room in it for a message of their own.
    private static string OneLine(string name)
    {
        var line = new string([.. name.Where(c => !char.IsControl(c)).Take(60)]).Trim();
        return line.Contains("://", StringComparison.Ordinal) || line.Contains("www.", StringComparison.OrdinalIgnoreCase) ? "" : line;
    }
}

/// <summary>Without a mail server: links go to the server's log, for whoever runs it.</summary>
internal sealed class LoggedMail(ILogger<LoggedMail> log) : IAccountMail
{
    /// <inheritdoc/>
    public bool ReachesPeople => false;

    /// <inheritdoc/>
    public void SendReset(string email, string? fullName, Uri link) => log.LogInformation(
        "No mail server is set (Mail:Host), so this link is here instead of in a mail. {Email} can choose a new password within an hour at {Link}",
        email, link);

    /// <inheritdoc/>
    public void SendConfirmation(string email, string fullName, Uri link) => log.LogInformation(
        "No mail server is set (Mail:Host), so this link is here instead of in a mail. {Email} can confirm the address within a day at {Link}",
        email, link);

    /// <inheritdoc/>
    public void SendTaken(string email, Uri signIn, Uri forgotten) => log.LogInformation(
        "No mail server is set (Mail:Host). {Email} has an account already and was asked for another", email);
}
