using System.Globalization;
using MetaPrompt.Data;

namespace MetaPrompt.Web.Monitoring;

/// <summary>Where metrics and traces go: the settings <c>Telemetry</c>.</summary>
internal sealed record TelemetrySettings
{
    private const string DefaultService = "metaprompt";
    private const double DefaultRatio = 0.1;

    /// <summary>OpenTelemetry's own variables; who has set one of them wants metrics and traces sent.</summary>
    private static readonly string[] Standard =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    /// <summary>This node's name in metrics, logs and messages.</summary>
    public required string Node { get; init; }

    /// <summary>What the program is called there.</summary>
    public required string ServiceName { get; init; }

    /// <summary>Whether anything is sent by OTLP.</summary>
    public required bool HasOtlp { get; init; }

    /// <summary>The collector; null where OpenTelemetry's own variables name it.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>What it wants to have beside, <c>name=value,name=value</c>: a key as a rule.</summary>
    public string? OtlpHeaders { get; init; }

    /// <summary>Which share of traces is kept; null where OpenTelemetry's own variable says it.</summary>
    public double? TraceRatio { get; init; }

    /// <summary>Where Prometheus finds its page; null where there is none.</summary>
    public Uri? Prometheus { get; init; }

    /// <exception cref="SettingsException">One is no address or no number, or headers are given without an address.</exception>
    public static TelemetrySettings Read(IConfiguration settings)
    {
        var endpoint = Address(settings, "Telemetry:OtlpEndpoint");
        var headers = Value(settings, "Telemetry:OtlpHeaders");
        if (headers is not null && endpoint is null)
            throw new SettingsException("Telemetry:OtlpEndpoint", "is empty while Telemetry:OtlpHeaders is given. Write the collector's address, or leave both empty.");
        if (headers is not null && headers.Split(',').Any(header => header.IndexOf('=', StringComparison.Ordinal) < 1))
            throw new SettingsException("Telemetry:OtlpHeaders", "is no list of headers. Write name=value, with commas between several.");

        return new TelemetrySettings
        {
            Node = Value(settings, "Telemetry:Node") ?? Environment.MachineName,
            ServiceName = Value(settings, "Telemetry:ServiceName") ?? Value(settings, "OTEL_SERVICE_NAME") ?? DefaultService,
            HasOtlp = endpoint is not null || Standard.Any(name => Value(settings, name) is not null),
            OtlpEndpoint = endpoint,
            OtlpHeaders = headers,
            TraceRatio = Ratio(settings),
            Prometheus = Address(settings, "Telemetry:Prometheus:Url"),
        };
    }

    private static double? Ratio(IConfiguration settings)
    {
        if (Value(settings, "Telemetry:TraceRatio") is not { } text)
            return Value(settings, "OTEL_TRACES_SAMPLER") is null ? DefaultRatio : null;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1
            ? ratio
            : throw new SettingsException("Telemetry:TraceRatio", $"is \"{text}\". Write a share from 0 to 1; 0.1 keeps one trace in ten.");
    }

    private static Uri? Address(IConfiguration settings, string name)
    {
        if (Value(settings, name) is not { } text)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : throw new SettingsException(name, $"is \"{text}\". Write a whole address with its port, like http://localhost:4318.");
    }

    private static string? Value(IConfiguration settings, string name) => settings[name]?.Trim() is { Length: > 0 } value ? value : null;
}
