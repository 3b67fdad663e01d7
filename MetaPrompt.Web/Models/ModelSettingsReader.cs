using System.Globalization;
using MetaPrompt.Data;

namespace MetaPrompt.Web.Models;

/// <summary>
/// Reads the list <c>Models</c> from appsettings.json and the environment (<c>Models__0__Name</c>) strictly: whatever is
/// wrong or half given stops the start with its full name, because a model that silently is not there costs an evening.
/// </summary>
public static class ModelSettingsReader
{
    private const string OpenAiHost = "api.openai.com";
    private const string AnthropicHost = "api.anthropic.com";

    private static readonly string[] Known =
    [
        nameof(ModelSettings.Name), nameof(ModelSettings.Provider), nameof(ModelSettings.Endpoint),
        nameof(ModelSettings.Model), nameof(ModelSettings.ApiKey), nameof(ModelSettings.ContextTokens),
        nameof(ModelSettings.MaxOutputTokens), nameof(ModelSettings.InputPricePerMillion),
        nameof(ModelSettings.OutputPricePerMillion), nameof(ModelSettings.PricedOn),
    ];

    /// <summary>The configured models in their order; empty where none is.</summary>
    /// <exception cref="SettingsException">Names the first setting that is missing or wrong.</exception>
    public static IReadOnlyList<ModelSettings> Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Models");
        if (!string.IsNullOrWhiteSpace(section.Value))
            throw new SettingsException("Models", "is a list of models, not one text. Give Models:0:Name, Models:0:Provider and so on.");

        var models = new List<ModelSettings>();
        foreach (var entry in section.GetChildren())
        {
            var model = ReadOne(entry);
            if (models.Find(other => Same(other.Name, model.Name)) is { } twin)
                throw Wrong(entry, nameof(ModelSettings.Name), $"'{twin.Name}' is the name of two models. Each needs a name of its own.");

            models.Add(model);
        }

        return models;
    }

    private static ModelSettings ReadOne(IConfigurationSection entry)
    {
        if (entry.GetChildren().FirstOrDefault(child => !Known.Any(name => Same(name, child.Key))) is { } unknown)
            throw new SettingsException(unknown.Path, $"is not a setting of a model. There are {string.Join(", ", Known)}.");

        var name = Needed(entry, nameof(ModelSettings.Name), "Give the name that people choose the model by.");
        if (name.Length > ModelSettings.MaxNameLength)
            throw Wrong(entry, nameof(ModelSettings.Name), $"is longer than {ModelSettings.MaxNameLength} characters. Choose a shorter name.");

        var provider = ReadProvider(entry);
        var endpoint = ReadEndpoint(entry, provider);
        var model = new ModelSettings
        {
            Name = name,
            Provider = provider,
            Endpoint = endpoint.AbsoluteUri.TrimEnd('/'),
            Model = Needed(entry, nameof(ModelSettings.Model), "Give the model's name at its provider, gpt-4.1-mini for instance."),
            ApiKey = Text(entry, nameof(ModelSettings.ApiKey)),
            ContextTokens = Tokens(entry, nameof(ModelSettings.ContextTokens)),
            MaxOutputTokens = Tokens(entry, nameof(ModelSettings.MaxOutputTokens)),
            InputPricePerMillion = Price(entry, nameof(ModelSettings.InputPricePerMillion)),
            OutputPricePerMillion = Price(entry, nameof(ModelSettings.OutputPricePerMillion)),
            PricedOn = Day(entry, nameof(ModelSettings.PricedOn)),
        };

        if (model.ApiKey is null && (Same(endpoint.Host, OpenAiHost) || Same(endpoint.Host, AnthropicHost)))
            throw Wrong(entry, nameof(ModelSettings.ApiKey), $"is missing, and {endpoint.Host} answers nobody without one. Set it, best in the environment.");
        if (model.ApiKey?.Any(sign => char.IsControl(sign) || char.IsWhiteSpace(sign) || sign > '~') == true)
            throw Wrong(entry, nameof(ModelSettings.ApiKey), "holds a space or a sign that no key has. Copy the key again, without what stands around it.");
        if (model.InputPricePerMillion is null != model.OutputPricePerMillion is null)
        {
            var missing = model.InputPricePerMillion is null
                ? nameof(ModelSettings.InputPricePerMillion)
                : nameof(ModelSettings.OutputPricePerMillion);
            throw Wrong(entry, missing, "is missing while the other price is given. Give both, or neither where the price is unknown.");
        }

        if (model.PricedOn is not null && !model.IsPriced)
            throw Wrong(entry, nameof(ModelSettings.PricedOn), "is the day of prices that are not given. Give both prices, or leave it out.");

        return model;
    }

    private static string ReadProvider(IConfigurationSection entry)
    {
        var provider = Needed(entry, nameof(ModelSettings.Provider), "Write openai (for every OpenAI-compatible server) or anthropic.");
        return Same(provider, ModelSettings.OpenAi) ? ModelSettings.OpenAi
            : Same(provider, ModelSettings.Anthropic) ? ModelSettings.Anthropic
            : throw Wrong(entry, nameof(ModelSettings.Provider), $"'{provider}' is unknown. Write openai (for every OpenAI-compatible server) or anthropic.");
    }

    private static Uri ReadEndpoint(IConfigurationSection entry, string provider)
    {
        var isOpenAi = provider == ModelSettings.OpenAi;
        var text = Text(entry, nameof(ModelSettings.Endpoint))
            ?? (isOpenAi ? $"https://{OpenAiHost}/v1" : $"https://{AnthropicHost}");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var given)
            || (given.Scheme != Uri.UriSchemeHttp && given.Scheme != Uri.UriSchemeHttps)
            || given.Host.Length == 0)
        {
            throw Wrong(entry, nameof(ModelSettings.Endpoint), $"'{text}' is no web address. Write one like https://{OpenAiHost}/v1 or http://127.0.0.1:11434/v1.");
        }

        if (given.UserInfo.Length > 0)
            throw Wrong(entry, nameof(ModelSettings.Endpoint), "carries a user name or password. Leave it out and set ApiKey instead.");
        if (given.Query.Length > 0 || given.Fragment.Length > 0)
            throw Wrong(entry, nameof(ModelSettings.Endpoint), $"'{text}' has a question mark or a number sign. Give the base address alone, up to /v1.");

        return new UriBuilder(given) { Path = BasePath(given.AbsolutePath, isOpenAi) }.Uri;
    }

    // People copy the address of a call as often as the base address; both mean the same place.
    internal static string BasePath(string path, bool isOpenAi)
    {
        path = path.TrimEnd('/');
        foreach (var call in isOpenAi ? ["/chat/completions"] : new[] { "/messages", "/v1" })
        {
            if (path.EndsWith(call, StringComparison.OrdinalIgnoreCase))
                path = path[..^call.Length].TrimEnd('/');
        }

        return isOpenAi && path.Length == 0 ? "/v1" : path;
    }

    private static int? Tokens(IConfigurationSection entry, string name) =>
        Text(entry, name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) && tokens > 0 ? tokens
        : throw Wrong(entry, name, $"'{text}' is no number of tokens. Write a whole number above 0, 128000 for instance, or leave it out.");

    private static decimal? Price(IConfigurationSection entry, string name)
    {
        if (Text(entry, name) is not { } text)
            return null;

        // A JSON number may come as 1e-1; nothing else of what decimals can look like is meant by anyone.
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var price))
            throw Wrong(entry, name, $"'{text}' is no price. Write US dollars per million tokens with a point, 0.4 for instance.");
        return price >= 0 ? price : throw Wrong(entry, name, $"'{text}' is below zero. Write 0 where the model is free, or leave it out where the price is unknown.");
    }

    private static DateOnly? Day(IConfigurationSection entry, string name) =>
        Text(entry, name) is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw Wrong(entry, name, $"'{text}' is no day. Write the day the prices were looked up as year-month-day, 2026-11-23 for instance, or leave it out.");

    private static string Needed(IConfigurationSection entry, string name, string how) =>
        Text(entry, name) ?? throw Wrong(entry, name, $"is missing. {how}");

    private static string? Text(IConfigurationSection entry, string name) =>
        entry[name]?.Trim() is { Length: > 0 } text ? text : null;

    private static SettingsException Wrong(IConfigurationSection entry, string name, string problem) =>
        new($"{entry.Path}:{name}", problem);

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
