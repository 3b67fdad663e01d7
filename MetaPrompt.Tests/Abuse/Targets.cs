using System.Reflection;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Abuse;

/// <summary>An address of the program, as its own endpoints tell it.</summary>
/// <param name="Pattern">With its parameters in braces.</param>
/// <param name="Address">With Ann's rows in their place, or Bob's public ones.</param>
/// <param name="Post">Whether it is posted to; pages with forms are both.</param>
/// <param name="Keys">The query parameters it knows, or the fields where it is posted to.</param>
internal sealed record EndpointTarget(string Pattern, string Address, bool Post, IReadOnlyList<string> Keys);

/// <summary>A form on a page, or behind an address.</summary>
internal sealed record FormTarget(string Name, string Action, HttpClient Browser, IReadOnlyList<KeyValuePair<string, string>> Hidden, IReadOnlyList<KeyValuePair<string, string>> Fields);

/// <summary>What can be attacked, asked of the program itself, so that what is new is in it tomorrow.</summary>
internal sealed partial class Targets(HostileSite site)
{
    private const string Token = "__RequestVerificationToken";

    /// <summary>Everything that is mapped but static files and what Blazor maps for itself, which <c>CircuitGateTests</c> is about.</summary>
    public IReadOnlyList<EndpointTarget> Endpoints { get; } =
        [.. site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null && !endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith('_')
                // What is left of static files that are not there.
                && !endpoint.RoutePattern.RawText.Contains("{**path:file}", StringComparison.Ordinal))
            .SelectMany(endpoint => Of(endpoint, site))
            .DistinctBy(target => (target.Pattern, target.Post))
            .OrderBy(target => target.Pattern, StringComparer.Ordinal)];

    /// <summary>Whose browser is let in there: an administrator's only where Ann's is not.</summary>
    public HttpClient Browser(string pattern) => IsOfAdministrators(pattern) ? site.ChiefsBrowser : site.AnnsBrowser;

    /// <summary>Every form of every page, and every address that is posted to though no page shows a form for it.</summary>
    public async Task<IReadOnlyList<FormTarget>> FormsAsync()
    {
        var forms = new List<FormTarget>();
        foreach (var page in Endpoints.Where(endpoint => !endpoint.Post))
        {
            foreach (var browser in (HttpClient[])[Browser(page.Pattern), site.Visitor])
            {
                using var answer = await browser.GetAsync(Uri(page.Address), TestContext.Current.CancellationToken);
                if (answer.Content.Headers.ContentType?.MediaType == "text/html")
                    forms.AddRange(Forms(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), page.Address, browser));
            }
        }

        var token = forms.SelectMany(form => form.Hidden.Where(_ => form.Browser == site.AnnsBrowser)).First(field => field.Key == Token);
        var chiefs = forms.SelectMany(form => form.Hidden.Where(_ => form.Browser == site.ChiefsBrowser)).First(field => field.Key == Token);
        foreach (var endpoint in Endpoints.Where(endpoint => endpoint.Post && endpoint.Keys.Count > 0))
        {
            var browser = Browser(endpoint.Pattern);
            forms.Add(new FormTarget(endpoint.Pattern, endpoint.Address, browser, [browser == site.ChiefsBrowser ? chiefs : token], [.. endpoint.Keys.Select(key => KeyValuePair.Create(key, ""))]));
        }

        return [.. forms.DistinctBy(form => (form.Name, form.Action.Split('?')[0], string.Join(',', form.Fields.Select(field => field.Key)), form.Browser))];
    }

    /// <summary>The address with each parameter in turn replaced: where, and by a format with one gap.</summary>
    public IEnumerable<(EndpointTarget Endpoint, string Parameter, string Before, string After)> RouteValues() =>
        from endpoint in Endpoints
        from Match parameter in Parameters().Matches(endpoint.Pattern)
        select (endpoint, parameter.Value, Fill(endpoint.Pattern[..parameter.Index], site), Fill(endpoint.Pattern[(parameter.Index + parameter.Length)..], site));

    /// <summary>An address exactly as it is written: <see cref="System.Uri"/> would tidy it.</summary>
    public static Uri Exact(HostileSite site, string pathAndQuery) =>
        new(site.Address.GetLeftPart(UriPartial.Authority) + pathAndQuery, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static Uri Uri(string path) => new(path, UriKind.Relative);

    private static bool IsOfAdministrators(string pattern) => pattern.StartsWith("/moderation", StringComparison.Ordinal) || pattern.StartsWith("/monitoring", StringComparison.Ordinal);

    private static IEnumerable<EndpointTarget> Of(RouteEndpoint endpoint, HostileSite site)
    {
        var pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
        var component = endpoint.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type;
        var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
        var handler = endpoint.Metadata.GetMetadata<MethodInfo>();
        var names = endpoint.RoutePattern.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (component is not null || methods.Contains("GET"))
        {
            var keys = component is not null ? QueryOf(component) : Plain(handler, names).Where(parameter => parameter.GetCustomAttribute<FromFormAttribute>() is null).Select(parameter => parameter.Name!);
            yield return new EndpointTarget(pattern, Fill(pattern, site), Post: false, [.. keys]);
        }

        if (component is not null || methods.Contains("POST"))
            yield return new EndpointTarget(pattern, Fill(pattern, site), Post: true, component is not null ? [] : [.. Plain(handler, names).Where(parameter => parameter.GetCustomAttribute<FromFormAttribute>() is not null).Select(parameter => parameter.GetCustomAttribute<FromFormAttribute>()!.Name ?? parameter.Name!)]);
    }

    private static IEnumerable<string> QueryOf(Type component) =>
        from property in component.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        let query = property.GetCustomAttribute<SupplyParameterFromQueryAttribute>()
        where query is not null
        select query.Name ?? property.Name;

    private static IEnumerable<ParameterInfo> Plain(MethodInfo? handler, HashSet<string> route) => (handler?.GetParameters() ?? [])
        .Where(parameter => !route.Contains(parameter.Name!) || parameter.GetCustomAttribute<FromFormAttribute>() is not null)
        .Where(parameter => (Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType) is var type && (type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Guid) || type == typeof(decimal) || type == typeof(DateTime) || type.IsArray));

    // What each kind of address is about; what is not named here gets an id of Ann's, a one, or a word.
    private static string Fill(string pattern, HostileSite site) => Parameters().Replace(pattern, parameter =>
    {
        var name = parameter.Groups["name"].Value.ToLowerInvariant();
        var before = pattern[..parameter.Index];
        if (name == "token")
            return string.Concat(Enumerable.Repeat(site.Ann.Person.ToString(), 2))[..43];
        if (name == "category")
            return "Writing";
        if (!parameter.Value.Contains(":guid", StringComparison.Ordinal))
            return parameter.Value.Contains(":int", StringComparison.Ordinal) ? "1" : "evil";
        return (name switch
        {
            "templateid" => site.Bob.PublicTemplate,
            "userid" => site.Ann.Person,
            "author" => site.Bob.Person,
            _ when before.StartsWith("/templates/", StringComparison.Ordinal) => pattern.EndsWith("/report", StringComparison.Ordinal) ? site.Bob.PublicTemplate : site.Ann.PublicTemplate,
            _ when before.StartsWith("/authors/", StringComparison.Ordinal) || before.StartsWith("/following/", StringComparison.Ordinal) => site.Bob.Person,
            _ when before.StartsWith("/favorites/", StringComparison.Ordinal) => site.Bob.PublicTemplate,
            _ when before.StartsWith("/collections/", StringComparison.Ordinal) => site.Ann.Collection,
            _ when before.StartsWith("/results/", StringComparison.Ordinal) => site.Ann.Result,
            _ => site.Ann.PrivatePrompt,
        }).ToString();
    });

    private static IEnumerable<FormTarget> Forms(string html, string page, HttpClient browser)
    {
        foreach (var form in new HtmlParser().ParseDocument(html).QuerySelectorAll("form"))
        {
            // Sent by the page's script in a circuit, not to an address.
            if (form.GetAttribute("method")?.ToUpperInvariant() != "POST")
                continue;
            var inputs = form.QuerySelectorAll("input[name],textarea[name],select[name],button[name]").Where(input => input.GetAttribute("type") != "file").ToList();
            KeyValuePair<string, string> Pair(IElement input) => KeyValuePair.Create(input.GetAttribute("name")!, input is AngleSharp.Html.Dom.IHtmlTextAreaElement text ? text.TextContent : input.GetAttribute("value") ?? "");
            var hidden = inputs.Where(input => input.GetAttribute("name") is Token or "_handler").Select(Pair).ToList();
            var fields = inputs.Where(input => input.GetAttribute("name") is not (Token or "_handler")).Select(Pair).DistinctBy(field => field.Key).ToList();
            foreach (var action in form.QuerySelectorAll("[formaction]").Select(button => button.GetAttribute("formaction")!).Prepend(form.GetAttribute("action") is { Length: > 0 } own ? own : page).Distinct())
            {
                var handler = hidden.FirstOrDefault(field => field.Key == "_handler").Value;
                yield return new FormTarget(handler ?? action.Split('?')[0], action, browser, hidden, fields);
            }
        }
    }

    [GeneratedRegex(@"\{\*{0,2}(?<name>\w+)(:[^}]*)?\??\}")]
    private static partial Regex Parameters();
}
