using MetaPrompt.Web.Features.Account.Mail;

namespace MetaPrompt.Web.Features.Account;

/// <summary>The root that mailed links lead to.</summary>
internal sealed class MailLinks(IServiceProvider services)
{
    private readonly MailSettings? _mail = services.GetService<MailSettings>();

    /// <summary>
    /// The set public address. Without mail the request's own: its links go only to the server's log, or to Supabase, which
    /// has a list of the addresses it sends people to.
    /// </summary>
    public Uri Site(HttpRequest request) =>
        _mail?.PublicUrl ?? new Uri($"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase.ToUriComponent()}/");
}
