using System.Globalization;
using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Models;

/// <summary>Whether a model takes a parameter, and what people should know about it.</summary>
/// <param name="Takes">Whether it can be sent at all.</param>
/// <param name="Note">The plain reason why not, or the condition under which; null where there is nothing to say.</param>
public sealed record Ability(bool Takes, string? Note = null)
{
    /// <summary>The least value; null where there is none.</summary>
    public decimal? Least { get; init; }

    /// <summary>The greatest value; null where none is known.</summary>
    public decimal? Most { get; init; }

    /// <summary>Whether this very value can be sent.</summary>
    public bool Accepts(decimal value) => Takes && !(value < Least) && !(value > Most);
}

/// <summary>
/// Which parameters a model takes, as its provider documents it by the model's name. A model that is not known is let try:
/// its provider's refusal says more than a guess.
/// </summary>
public sealed partial record ModelAbilities
{
    private const string Reasons = "It thinks before it answers, and its provider fixes this for such models.";
    private const string Steered = "Its provider fixes it for this model: every answer is written at a temperature of 1.";

    /// <summary>How freely words are chosen; <see cref="Ability.Least"/> and <see cref="Ability.Most"/> are its range.</summary>
    public required Ability Temperature { get; init; }

    /// <summary>The other way to say so; see <see cref="OneOfBoth"/>.</summary>
    public required Ability TopP { get; init; }

    /// <summary>The same answer again.</summary>
    public required Ability Seed { get; init; }

    /// <summary>Where to end.</summary>
    public required Ability Stop { get; init; }

    /// <summary>A system message.</summary>
    public required Ability System { get; init; }

    /// <summary>Nothing but JSON.</summary>
    public required Ability Json { get; init; }

    /// <summary>A limit of the answer; <see cref="Ability.Most"/> is the model's own where it is known.</summary>
    public required Ability MaxTokens { get; init; }

    /// <summary>Whether temperature (other than 1) and top-p exclude each other.</summary>
    public bool OneOfBoth { get; init; }

    /// <summary>Whether JSON is asked for in words, because the API has no switch for it.</summary>
    public bool JsonInWords { get; init; }

    /// <summary>What the model takes.</summary>
    public static ModelAbilities Of(ModelSettings model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Provider == ModelSettings.Anthropic ? OfAnthropic(model) : OfOpenAi(model);
    }

    private static ModelAbilities OfAnthropic(ModelSettings model) => new()
    {
        Temperature = Sampled(model.Model)
            ? new(true, "From 0 to 1 at Anthropic; 1 is its own.") { Least = 0, Most = 1 }
            : new(false, Steered),
        TopP = Sampled(model.Model)
            ? new(true, "Only while the temperature is 1: Anthropic takes one of both.") { Least = 0, Most = 1 }
            : new(false, Steered),
        OneOfBoth = true,
        Seed = new(false, "Anthropic's API has no seed: the same question may be answered differently."),
        Stop = new(true, "Anthropic takes no text that is only spaces or line breaks."),
        System = new(true),
        Json = new(true, "Anthropic's API has no switch for it: the model is told in the system message."),
        JsonInWords = true,
        MaxTokens = Limit(model),
    };

    private static ModelAbilities OfOpenAi(ModelSettings model)
    {
        // Routers put the maker before the name: openai/o3-mini, anthropic/claude-opus-4.7.
        var name = model.Model[(model.Model.LastIndexOf('/') + 1)..];
        var reasons = Reasoning().IsMatch(name) && !name.StartsWith("gpt-5-chat", StringComparison.OrdinalIgnoreCase);
        var first = FirstReasoning().IsMatch(name);
        var claude = name.StartsWith("claude", StringComparison.OrdinalIgnoreCase);
        var fixedAt = reasons ? Reasons : claude && !Sampled(name) ? Steered : null;
        return new()
        {
            Temperature = fixedAt is null ? new(true) { Least = 0, Most = claude ? 1 : 2 } : new(false, fixedAt),
            TopP = fixedAt is null
                ? new(true, claude ? "Only while the temperature is 1: Anthropic takes one of both." : "Best changed while the temperature is 1, not together with it.") { Least = 0, Most = 1 }
                : new(false, fixedAt),
            OneOfBoth = claude,
            Seed = claude ? new(false, "Anthropic's API has no seed: the same question may be answered differently.") : new(true, "As far as the provider manages; it promises nothing."),
            Stop = reasons ? new(false, "It thinks before it answers, and its provider takes no text to end at for such models.") : new(true),
            System = first ? new(false, "Its provider takes no system message for this model. Put it into the prompt.") : new(true),
            Json = first ? new(false, "Its provider has no JSON output for this model. Ask for it in the prompt.") : new(true),
            MaxTokens = Limit(model) with { Note = reasons ? "What it thinks counts too: leave room for it." : null },
        };
    }

    private static Ability Limit(ModelSettings model) => new(true) { Least = 1, Most = model.MaxOutputTokens };

    // Anthropic's models before Opus 4.7 let one choose; that one and all after it answer anything but the defaults with 400.
    private static bool Sampled(string name)
    {
        var match = Claude().Match(name);
        if (!match.Success)
            return !name.Contains("mythos", StringComparison.OrdinalIgnoreCase);

        var (major, minor) = match.Groups["major"].Success
            ? (match.Groups["major"].Value, match.Groups["minor"].Value)
            : (match.Groups["oldmajor"].Value, match.Groups["oldminor"].Value);
        var version = int.Parse(major, CultureInfo.InvariantCulture) * 100
            + (minor.Length > 0 ? int.Parse(minor, CultureInfo.InvariantCulture) : 0);
        return version < 407;
    }

    // claude-opus-4-7, claude-sonnet-5, anthropic.claude-sonnet-4-5-20250929-v1:0, claude-opus-4.7; before: claude-3-5-sonnet-latest.
    [GeneratedRegex(@"claude-(?:(?<oldmajor>\d)(?:[-.](?<oldminor>\d))?-[a-z]+|[a-z]+-(?<major>\d{1,2})(?:[-.](?<minor>\d{1,2})(?!\d))?)", RegexOptions.IgnoreCase)]
    private static partial Regex Claude();

    [GeneratedRegex(@"^(?:o[134]|gpt-5)(?![0-9a-z])", RegexOptions.IgnoreCase)]
    private static partial Regex Reasoning();

    [GeneratedRegex(@"^o1-(?:mini|preview)", RegexOptions.IgnoreCase)]
    private static partial Regex FirstReasoning();
}
