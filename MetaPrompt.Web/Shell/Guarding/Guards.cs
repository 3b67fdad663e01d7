using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MetaPrompt.Web.Shell.Guarding;

/// <summary>What stands between strangers and the program: whom to believe, how much one may ask, how large it may be.</summary>
internal static class Guards
{
    /// <summary>Registers the limits and sets the server's own.</summary>
    /// <exception cref="Data.SettingsException">One of the settings <c>Limits</c> is wrong.</exception>
    public static void AddGuards(this WebApplicationBuilder builder)
    {
        var limits = RequestLimits.Read(builder.Configuration);
        builder.Services.AddSingleton(limits);
        builder.Services.AddSingleton(new ModelLimits { PersonRequestsPerMinute = limits.ModelRequestsPerMinute });
        builder.Services.AddScoped<CircuitHandler, PagePace>();
        builder.Services.AddSingleton<SecurityLog>();
        builder.Services.AddRateLimiter(_ => { });
        builder.Services.AddHsts(hsts => hsts.MaxAge = TimeSpan.FromDays(365));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            SetLimits(kestrel.Limits, limits);
        });
    }

    private static void SetLimits(KestrelServerLimits server, RequestLimits limits)
    {
        server.MaxConcurrentConnections = limits.Connections == 0 ? null : limits.Connections;
        server.MaxConcurrentUpgradedConnections = limits.Connections == 0 ? null : limits.Connections;
        server.MaxRequestBodySize = BodyLimits.Form;
        // Who sends a header byte by byte holds a connection this long and no longer. The rest is Kestrel's: 32 KB of headers,
        // 100 of them, 8 KB of address, 240 bytes a second of a body.
        server.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
    }

    /// <summary>The status of a request that broke off because of what was sent: not our failure.</summary>
    public static int StatusOf(Exception failure) => failure switch
    {
        Microsoft.AspNetCore.Http.BadHttpRequestException bad => bad.StatusCode,
        // A form with too many fields, or with a broken part.
        InvalidDataException => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status500InternalServerError,
    };
}
