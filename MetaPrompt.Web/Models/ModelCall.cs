using System.Globalization;
using Microsoft.Extensions.AI;

namespace MetaPrompt.Web.Models;

/// <summary>One call made ready: what is sent, and what of the wishes is not because the model does not take it.</summary>
public sealed record ModelCall
{
    private const string JsonWords = "Answer with one JSON value and nothing else: no words around it, no code fence.";
    private const string JsonWord = "Answer in JSON.";

    /// <summary>The system message where there is one, then the prompt.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Only what the model takes.</summary>
    public required ChatOptions Options { get; init; }

    /// <summary>What was wished and is not sent, a sentence each; empty where everything is.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>
    /// Makes a call ready. What the model does not take is left out and said in <see cref="LeftOut"/>; the options are new
    /// for every call and may be changed (<see cref="ChatOptions.MaxOutputTokens"/> to what a budget reserved).
    /// </summary>
    /// <param name="model">Who answers.</param>
    /// <param name="prompt">The prompt with every variable filled in.</param>
    /// <param name="temperature">0 to 2; null for the model's own.</param>
    /// <param name="parameters">The other wishes, without <see cref="RunParameters.Problems"/>.</param>
    public static ModelCall Prepare(ModelSettings model, string prompt, decimal? temperature, RunParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(parameters);
        var abilities = ModelAbilities.Of(model);
        var leftOut = new List<string>();
        var options = new ChatOptions { MaxOutputTokens = MaxTokens(model, parameters, leftOut) };

        if (temperature is { } degrees)
        {
            if (abilities.Temperature.Accepts(degrees))
                options.Temperature = (float)degrees;
            // 1 is what a model does that lets nobody choose.
            else if (abilities.Temperature.Takes || degrees != 1)
                leftOut.Add(string.Create(CultureInfo.InvariantCulture, $"Temperature {degrees:0.##} was not sent. {(abilities.Temperature.Takes ? $"{model.Name} takes {abilities.Temperature.Least:0.##} to {abilities.Temperature.Most:0.##}." : abilities.Temperature.Note)}"));
        }

        if (parameters.TopP is { } share)
        {
            if (!abilities.TopP.Accepts(share))
                leftOut.Add($"Top-p was not sent. {abilities.TopP.Note}");
            else if (abilities.OneOfBoth && options.Temperature is not (null or 1))
                leftOut.Add("Top-p was not sent: the model takes it only while the temperature is 1.");
            else
                options.TopP = (float)share;
        }

        if (parameters.Seed is { } seed && Takes(abilities.Seed, "The seed", leftOut))
            options.Seed = seed;
        if (parameters.Stop.Count > 0 && Takes(abilities.Stop, "Where to end", leftOut))
            options.StopSequences = Stops(model, parameters.Stop, leftOut);

        var messages = new List<ChatMessage>();
        if (SystemMessage(prompt, parameters, abilities, options, leftOut) is { } system)
            messages.Add(new ChatMessage(ChatRole.System, system));
        messages.Add(new ChatMessage(ChatRole.User, prompt));
        return new() { Messages = messages, Options = options, LeftOut = leftOut };
    }

    private static int? MaxTokens(ModelSettings model, RunParameters parameters, List<string> leftOut)
    {
        if (parameters.MaxTokens is not { } wished || !(wished > model.MaxOutputTokens))
            return parameters.MaxTokens ?? model.MaxOutputTokens;

        leftOut.Add(string.Create(CultureInfo.InvariantCulture, $"{wished:N0} tokens were not asked for: {model.Name} writes at most {model.MaxOutputTokens:N0}."));
        return model.MaxOutputTokens;
    }

    private static List<string>? Stops(ModelSettings model, IReadOnlyList<string> wished, List<string> leftOut)
    {
        if (model.Provider != ModelSettings.Anthropic || !wished.Any(string.IsNullOrWhiteSpace))
            return [.. wished];

        leftOut.Add("A text to end at that is only spaces or line breaks was not sent: Anthropic takes none.");
        var stops = wished.Where(stop => !string.IsNullOrWhiteSpace(stop)).ToList();
        return stops.Count > 0 ? stops : null;
    }

    private static string? SystemMessage(
        string prompt, RunParameters parameters, ModelAbilities abilities, ChatOptions options, List<string> leftOut)
    {
        var system = string.IsNullOrEmpty(parameters.System) || !Takes(abilities.System, "The system message", leftOut) ? null : parameters.System;
        if (!parameters.Json || !Takes(abilities.Json, "JSON output", leftOut))
            return system;

        if (abilities.JsonInWords)
            return system is null ? JsonWords : $"{system}\n\n{JsonWords}";

        // OpenAI refuses its JSON mode where no message has the word in it.
        options.ResponseFormat = ChatResponseFormat.Json;
        return Speaks(prompt) || Speaks(system) ? system
            : system is null ? JsonWord
            : $"{system}\n\n{JsonWord}";
    }

    private static bool Takes(Ability ability, string what, List<string> leftOut)
    {
        if (!ability.Takes)
            leftOut.Add($"{what} was not sent. {ability.Note}");
        return ability.Takes;
    }

    private static bool Speaks(string? text) => text?.Contains("json", StringComparison.OrdinalIgnoreCase) == true;
}
