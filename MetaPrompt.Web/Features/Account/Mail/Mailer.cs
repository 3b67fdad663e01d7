using System.Threading.Channels;
using MailKit.Net.Smtp;
using MimeKit;

namespace MetaPrompt.Web.Features.Account.Mail;

/// <summary>
/// Hands mails to the SMTP server in the background: no page waits for it, and how long an answer takes does not tell
/// whether a mail was sent. Three tries; what is still waiting when the program ends is lost, and is asked for again.
/// </summary>
public sealed class Mailer(MailSettings settings, TimeProvider time, ILogger<Mailer> log) : BackgroundService
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)];

    private readonly Channel<MimeMessage> _waiting =
        Channel.CreateBounded<MimeMessage>(new BoundedChannelOptions(1000) { SingleReader = true });

    /// <summary>Takes the mail; returns at once.</summary>
    public void Send(string to, string subject, string text)
    {
        var message = new MimeMessage { Subject = subject, Body = new TextPart("plain") { Text = text } };
        message.From.Add(settings.From);
        message.To.Add(new MailboxAddress(null, to));
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        if (!_waiting.Writer.TryWrite(message))
            log.LogError("A mail is not sent: 1,000 are waiting already. Is the server at Mail:Host taking any?");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var message in _waiting.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            using (message)
                await DeliverAsync(message, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task DeliverAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await HandOverAsync(message, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // A refusal for good (5xx) is not mended by asking again.
                if (tries == Pauses.Length || e is SmtpCommandException { StatusCode: >= SmtpStatusCode.SyntaxError } or MailKit.Security.AuthenticationException)
                {
                    log.LogError(e, "A mail could not be sent over {Host}:{Port}. See the Mail settings", settings.Host, settings.Port);
                    return;
                }

                log.LogWarning(e, "A mail could not be sent over {Host}:{Port}; it is tried again", settings.Host, settings.Port);
                await Task.Delay(Pauses[tries], time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task HandOverAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient { Timeout = 30_000 };
        await client.ConnectAsync(settings.Host, settings.Port, settings.Security, cancellationToken).ConfigureAwait(false);
        if (settings.User is { } user)
            await client.AuthenticateAsync(user, settings.Password ?? "", cancellationToken).ConfigureAwait(false);
        await client.SendAsync(message, cancellationToken).ConfigureAwait(false);
        await client.DisconnectAsync(quit: true, cancellationToken).ConfigureAwait(false);
    }
}
