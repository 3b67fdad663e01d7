using MetaPrompt.Data.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace MetaPrompt.Data.Database;

/// <summary>Gives the program its database.</summary>
public static class DatabaseServices
{
    /// <summary>
    /// Starts and migrates the database that the settings ask for, and registers <see cref="RunningDatabase"/>, its
    /// <see cref="Npgsql.NpgsqlDataSource"/> for the app's login, <see cref="Db"/>, and <see cref="ReadDb"/> with the
    /// replicas where there are any. Nothing later has to wait for it.
    /// </summary>
    /// <returns>
    /// The database; the caller disposes it after the host has ended (<c>await using</c> around everything), so that the
    /// embedded server outlives whatever still writes while the host stops.
    /// </returns>
    /// <inheritdoc cref="RunningDatabase.StartAsync"/>
    public static async Task<RunningDatabase> AddDatabaseAsync(
        this WebApplicationBuilder builder, CancellationToken cancellationToken = default)
    {
        var settings = DatabaseSettings.Read(builder.Configuration, builder.Environment.ContentRootPath);
        using var loggers = StartLoggers(builder.Configuration);
        var database = await RunningDatabase.StartAsync(settings, loggers, cancellationToken).ConfigureAwait(false);

        builder.Services.AddSingleton(database);
        builder.Services.AddSingleton(database.App);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<QueryTimes>();
        builder.Services.AddSingleton<QueryMeter>();
        builder.Services.AddSingleton<Db>();
        builder.Services.AddSingleton<ReadDb>();
        if (settings.Replicas is { } replicas)
        {
            builder.Services.AddSingleton(services => new Replicas(
                replicas, database.App, services.GetRequiredService<ILogger<Replicas>>(), services.GetRequiredService<QueryMeter>()));
            builder.Services.AddHostedService(services => services.GetRequiredService<Replicas>());
        }

        return database;
    }

    /// <summary>Loggers for the time before the host has its own.</summary>
    public static ILoggerFactory StartLoggers(IConfiguration configuration) => LoggerFactory.Create(logging => logging
        .AddConfiguration(configuration.GetSection("Logging"))
        .AddSimpleConsole());
}
