using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Text.Json;

namespace MetaPrompt.Web.Models;

/// <summary>From what a provider or the network said to what a person can do about it; the one place of these sentences.</summary>
internal static class FailureWords
{
    private const int QuoteLimit = 240;

    /// <summary>An answer with a status that is no success.</summary>
    public static ModelFailure ForStatus(ModelSettings model, HttpStatusCode status, string body, TimeSpan? retryAfter, Uri? location)
    {
        var said = Read(body);
        return (int)status switch
        {
            >= 300 and < 400 => new(FailureKind.Unreachable,
                $"The address of {model.Name} sends its callers on{(location is { IsAbsoluteUri: true } ? $" to {location.GetLeftPart(UriPartial.Authority)}" : "")}. The model's endpoint {Where(model)} has to be the final address. Until then, choose another model."),
            401 or 403 => RefusedKey(model),
            402 => NoCredit(model),
            429 when Speaks(said.Text, "insufficient_quota", "quota", "billing", "credit balance") && retryAfter is null => NoCredit(model),
            429 => RateLimited(model, retryAfter),
            404 => NotFound(model, said),
            408 or 504 => TimedOut(model, $"{model.Name} took too long and its provider gave up. Try again, or make the prompt shorter."),
            400 or 413 or 422 => Refused(model, said, (int)status),
            503 or 529 => new(FailureKind.ServerError, $"{model.Name} is overloaded. {TryAgain(retryAfter, "in a minute")}, or choose another model.") { RetryAfter = retryAfter },
            >= 500 => new(FailureKind.ServerError, $"The provider of {model.Name} had an error of its own ({(int)status}). {TryAgain(retryAfter, "in a minute")}, or choose another model.") { RetryAfter = retryAfter },
            _ => new(FailureKind.BadRequest, $"{model.Name} refused the request ({(int)status}){Quote(model, said)} Choose another model, or ask whoever runs this MetaPrompt."),
        };
    }

    /// <summary>A model that was asked for and is not among those there are.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="unreadable">Those that are left out because their key cannot be decrypted.</param>
    /// <param name="otherwise">What to do where it is simply gone.</param>
    public static string Missing(string name, IReadOnlyList<string> unreadable, string otherwise) =>
        unreadable.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? $"Your API key for {name} cannot be read any more. Enter it again on the page Models with “Replace key”, or choose another model."
            : $"{name} is not there any more. {otherwise}";

    /// <summary>An error inside an answer that claims success, or inside a stream; null where there is none.</summary>
    public static ModelFailure? ErrorIn(ModelSettings model, JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object
            || !answer.TryGetProperty("error", out var error)
            || error.ValueKind is not (JsonValueKind.Object or JsonValueKind.String))
        {
            return null;
        }

        return ForStatus(model, Status(error), answer.GetRawText(), null, null);
    }

    /// <summary>What an exception of a package or the network means.</summary>
    public static ModelFailure ForException(ModelSettings model, Exception exception)
    {
        // What is told already is told as it is, however the network wrapped it.
        for (var problem = exception; problem is not null; problem = problem.InnerException)
        {
            if (problem is ModelFailure failure)
                return failure;
        }

        for (var problem = exception; problem is not null; problem = problem.InnerException)
        {
            switch (problem)
            {
                case HttpIOException:
                    return BrokenOff(model, exception);
                case HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse } request:
                    return request.HttpRequestError == HttpRequestError.ResponseEnded
                        ? BrokenOff(model, exception)
                        : new(FailureKind.Nonsense, $"What answers at {Host(model)} does not speak HTTP. Check the model's endpoint {Where(model)}, or choose another model.", exception);
                // The connection stood: the request may have arrived, and may be paid for.
                case HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: IOException }:
                    return BrokenOff(model, exception);
                case HttpRequestException request:
                    return Unreachable(model, request);
                case JsonException or global::Anthropic.Exceptions.AnthropicInvalidDataException:
                    return BrokenJson(model, exception);
                case TimeoutException:
                    return TimedOut(model, $"{model.Name} did not answer in time. Try again, or choose another model.", exception);
                case IOException:
                    return BrokenOff(model, exception);
            }
        }

        return exception is OperationCanceledException
            ? TimedOut(model, $"{model.Name} did not answer in time. Try again, or choose another model.", exception)
            : new(FailureKind.Nonsense, $"{model.Name} answered in a way that MetaPrompt does not understand. Try again, or choose another model.", exception);
    }

    /// <summary>A connection that ended before the answer did.</summary>
    public static ModelFailure BrokenOff(ModelSettings model, Exception? inner) => new(FailureKind.BrokenStream,
        $"The connection to {model.Name} broke off before the answer was complete. Try again, or choose another model.", inner);

    /// <summary>A web page where an answer should be: a wrong address, a proxy, a sign-in page.</summary>
    public static ModelFailure WebPage(ModelSettings model) => new(FailureKind.Nonsense,
        $"{Host(model)} answered with a web page instead of an answer of {model.Name}. Check the model's endpoint {Where(model)} (an OpenAI-compatible one usually ends in /v1), or choose another model.");

    /// <summary>JSON that is none, or of another shape.</summary>
    public static ModelFailure BrokenJson(ModelSettings model, Exception? inner) => new(FailureKind.Nonsense,
        $"{model.Name} sent something that is no proper answer. Try again, or choose another model.", inner);

    /// <summary>Something was not there in time.</summary>
    public static ModelFailure TimedOut(ModelSettings model, string message, Exception? inner = null) =>
        new(FailureKind.TimedOut, message, inner);

    /// <summary>An answer without a word in it.</summary>
    public static ModelFailure Empty(ModelSettings model, string? finishReason) => new(FailureKind.EmptyAnswer, finishReason switch
    {
        "length" => $"{model.Name} used up its tokens before it wrote the first word. Make the prompt shorter, raise {(model.IsOwn ? "its longest answer on the page Models" : "the model's MaxOutputTokens in the settings")}, or choose another model.",
        "content_filter" => $"{model.Name} declined to answer: its provider's filter stopped it. Change the prompt, or choose another model.",
        _ => $"{model.Name} answered with nothing. Try again, or say in the prompt what the answer should contain.",
    });

    /// <summary>A length of time as people say it.</summary>
    public static string Duration(TimeSpan time)
    {
        var seconds = (long)Math.Ceiling(time.TotalSeconds);
        return seconds <= 1 ? "1 second"
            : seconds < 120 ? string.Create(CultureInfo.InvariantCulture, $"{seconds} seconds")
            : seconds < 7200 ? string.Create(CultureInfo.InvariantCulture, $"{(seconds + 59) / 60} minutes")
            : string.Create(CultureInfo.InvariantCulture, $"{(seconds + 3599) / 3600} hours");
    }

    private static ModelFailure RefusedKey(ModelSettings model) => new(FailureKind.RefusedKey, model.IsOwn
        ? $"{model.Name} {(model.ApiKey is null ? "wants an API key and you entered none" : "refused your API key: it is wrong, has expired or may not use this model")}. Replace the key on the page Models, or choose another model."
        : model.ApiKey is null
        ? $"{model.Name} wants an API key and none is set. Ask whoever runs this MetaPrompt to set it, or choose another model."
        : $"{model.Name} refused the API key: it is wrong, has expired or may not use this model. Ask whoever runs this MetaPrompt to check it, or choose another model.");

    private static ModelFailure NoCredit(ModelSettings model) => new(FailureKind.NoCredit, model.IsOwn
        ? $"Your account that pays for {model.Name} has no credit left. Top it up at its provider, or choose another model."
        : $"The account that pays for {model.Name} has no credit left. Ask whoever runs this MetaPrompt to top it up, or choose another model.");

    private static ModelFailure RateLimited(ModelSettings model, TimeSpan? retryAfter) => new(FailureKind.RateLimited,
        $"{model.Name} is getting more requests than its provider allows. {TryAgain(retryAfter, "in a minute")}, or choose another model.")
    {
        RetryAfter = retryAfter,
    };

    private static ModelFailure NotFound(ModelSettings model, Saying said) => new(FailureKind.ModelNotFound, Speaks(said.Text, "model")
        ? $"{Host(model)} has no model called '{model.Model}'. {(IsLocal(model) ? $"Fetch it there (Ollama: ollama pull {model.Model})" : $"Check the name {Where(model)}")}, or choose another model."
        : $"There is no {(model.Provider == ModelSettings.Anthropic ? "Anthropic-shaped" : "OpenAI-compatible")} API at {model.Endpoint}, or it has no model called '{model.Model}'. Check the model's endpoint {Where(model)}, or choose another model.");

    private static ModelFailure Refused(ModelSettings model, Saying said, int status)
    {
        if (status == 413 || Speaks(said.Text, "context_length", "context length", "context window", "context size", "prompt is too long", "too many tokens", "maximum length", "input is too long"))
        {
            return new(FailureKind.ContextTooLong,
                $"The prompt is longer than {model.Name} can read{(model.ContextTokens is { } tokens ? string.Create(CultureInfo.InvariantCulture, $" ({tokens:N0} tokens with the answer)") : "")}. Shorten the longest variable, or choose a model with a larger context.");
        }

        if (Speaks(said.Text, "temperature"))
        {
            return new(FailureKind.TemperatureRefused,
                $"{model.Name} does not take this temperature{(model.Provider == ModelSettings.Anthropic ? " (older models of Anthropic take 0 to 1, newer ones only 1)" : " (some models take only 1)")}. Set the temperature to 1 and run it again.");
        }

        if (Speaks(said.Text, "credit balance", "insufficient_quota", "billing"))
            return NoCredit(model);
        if (Speaks(said.Text, "api key", "api_key", "x-api-key"))
            return RefusedKey(model);
        if (Speaks(said.Text, "model_not_found", "not a valid model", "invalid model"))
            return NotFound(model, said);

        return new(FailureKind.BadRequest, $"{model.Name} refused the request{Quote(model, said)} Change the prompt, or choose another model.");
    }

    private static ModelFailure Unreachable(ModelSettings model, HttpRequestException problem)
    {
        var host = Host(model);
        return new(FailureKind.Unreachable, problem.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"There is no computer called {host}, or this one is offline. Check the connection and the endpoint of {model.Name}, or choose another model.",
            HttpRequestError.SecureConnectionError => $"No secure connection to {host} could be made. Check whether the endpoint of {model.Name} should begin with http:// and whether its certificate is valid, or choose another model.",
            _ when IsLocal(model) => $"Nothing answers at {host}. Start the program that serves {model.Name} (Ollama or LM Studio, for instance) and run it again, or choose another model.",
            _ => $"{host} cannot be reached from here. Check the connection and the endpoint of {model.Name}, or choose another model.",
        }, problem);
    }

    // Streams and routers name the status in the error; those that name only a type use the providers' documented ones.
    private static HttpStatusCode Status(JsonElement error)
    {
        if (error.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in new[] { "code", "status" })
            {
                if (error.TryGetProperty(name, out var code)
                    && ((code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number))
                        || (code.ValueKind == JsonValueKind.String && int.TryParse(code.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number)))
                    && number is >= 400 and < 600)
                {
                    return (HttpStatusCode)number;
                }
            }
        }

        var text = error.GetRawText();
        return Speaks(text, "authentication_error", "permission_error", "invalid_api_key") ? HttpStatusCode.Unauthorized
            : Speaks(text, "rate_limit", "insufficient_quota") ? HttpStatusCode.TooManyRequests
            : Speaks(text, "overloaded") ? HttpStatusCode.ServiceUnavailable
            : Speaks(text, "not_found") ? HttpStatusCode.NotFound
            : Speaks(text, "invalid_request", "context_length") ? HttpStatusCode.BadRequest
            : HttpStatusCode.InternalServerError;
    }

    // What the provider wrote: all of it, to look for signs in, and the sentence in it that is meant for people.
    private readonly record struct Saying(string Text, string Message);

    private static Saying Read(string body)
    {
        if (string.IsNullOrWhiteSpace(body) || body.AsSpan().TrimStart().StartsWith("<"))
            return new("", "");

        try
        {
            using var json = JsonDocument.Parse(body);
            var error = json.RootElement;
            if (error.ValueKind == JsonValueKind.Object && error.TryGetProperty("error", out var inner))
                error = inner;
            var message = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var text) ? text : error;
            return new(body, message.ValueKind == JsonValueKind.String ? message.GetString() ?? "" : "");
        }
        catch (JsonException)
        {
            // An error in plain text says as much as one in JSON.
            return new(body, body);
        }
    }

    private static string Quote(ModelSettings model, Saying said)
    {
        var message = string.Join(' ', said.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (message.Length == 0)
            return ".";

        if (model.ApiKey is { } key)
            message = message.Replace(key, "…", StringComparison.Ordinal);
        if (message.Length > QuoteLimit)
            message = message[..(char.IsHighSurrogate(message[QuoteLimit - 1]) ? QuoteLimit - 1 : QuoteLimit)] + "…";
        return $": “{message}”";
    }

    private static string TryAgain(TimeSpan? retryAfter, string otherwise) =>
        $"Try again {(retryAfter is { } wait ? $"in {Duration(wait)}" : otherwise)}";

    private static bool Speaks(string text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static string Where(ModelSettings model) => model.IsOwn ? "on the page Models" : "in the settings";

    private static string Host(ModelSettings model) => new Uri(model.Endpoint).Authority;

    private static bool IsLocal(ModelSettings model) => new Uri(model.Endpoint).IsLoopback;
}
