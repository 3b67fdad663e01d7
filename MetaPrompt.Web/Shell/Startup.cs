using MetaPrompt.Data.Database;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Features.Account;
using MetaPrompt.Web.Features.Collections;
using MetaPrompt.Web.Features.Gallery;
using MetaPrompt.Web.Features.History;
using MetaPrompt.Web.Features.Library;
using MetaPrompt.Web.Features.Models;
using MetaPrompt.Web.Features.Syndication;
using MetaPrompt.Web.Features.Moderation;
using MetaPrompt.Web.Features.Monitoring;
using MetaPrompt.Web.Features.Testing;
using MetaPrompt.Web.Features.Testing.Cases;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Monitoring;
using MetaPrompt.Web.Shell.Guarding;
using MetaPrompt.Web.Starter;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.ResponseCompression;
using MudBlazor.Services;
using Npgsql;

namespace MetaPrompt.Web.Shell;

/// <summary>Puts the program together: database first, then the features, then the way of a request.</summary>
public static class Startup
{
    /// <summary>Runs a verb, or serves until it is told to stop. Returns the process's exit code.</summary>
    /// <exception cref="Data.SettingsException">A setting is wrong or half given; the message names it.</exception>
    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        TopLevelSettings.Add(builder);

        // Declared first, disposed last: the database outlives whatever still writes while the host stops.
        await using var database = await builder.AddDatabaseAsync();
        await FillStarterGalleryAsync(database);
        EmbeddedWatch.Add(builder, database);
        DailyBackup.Add(builder, database);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<PromptQueries>();
        builder.Services.AddSingleton<PromptListQueries>();
        builder.Services.AddSingleton<PromptBatchQueries>();
        builder.Services.AddSingleton<LabelQueries>();
        builder.Services.AddSingleton<DraftQueries>();
        builder.Services.AddSingleton<DismissedFindingQueries>();
        builder.Services.AddSingleton<PublishQueries>();
        builder.Services.AddSingleton<TestResultQueries>();
        builder.AddGallery();
        builder.AddCollections();
        builder.AddSyndication();
        builder.AddLibrary();
        builder.AddTesting();
        builder.AddHistory();
        builder.AddModeration();
        builder.AddMonitoringPage();
        builder.AddHealth();
        builder.AddGuards();
        OrderlyStop.Add(builder);
        AddPages(builder);
        builder.AddCaching();
        builder.AddAccounts();
        builder.AddModels();
        builder.AddModelPage();
        builder.AddMonitoring(database);

        await using var app = builder.Build();
        UsePages(app);
        app.MapGallery();
        app.MapFavorites();
        app.MapCollections();
        app.MapExport();
        app.MapTestCases();
        app.MapHistory();
        app.MapSyndication();
        app.MapModeration();
        app.MapAccounts();
        app.MapTheme();
        app.MapHealth();
        await app.RunAsync();
        return 0;
    }

    // Only a node that migrates has the right to; the others find it filled.
    private static async Task FillStarterGalleryAsync(RunningDatabase database)
    {
        if (database.OwnerConnectionString is not { } connection)
            return;
        await using var owner = NpgsqlDataSource.Create(connection);
        await StarterGallery.FillAsync(owner, CancellationToken.None);
    }

    private static void AddPages(WebApplicationBuilder builder)
    {
        // MudBlazor's files come from its package also where the program runs from its build folder.
        builder.WebHost.UseStaticWebAssets();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = BodyLimits.CircuitMessage);
        ScriptArguments.AddTo(builder.Services);
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = MudBlazor.Defaults.Classes.Position.BottomCenter;
            mud.SnackbarConfiguration.VisibleStateDuration = 8000;
            mud.SnackbarConfiguration.ShowCloseIcon = false;
        });
        builder.Services.AddResponseCompression(compression =>
        {
            // Nothing secret shares a page with text that a stranger chose the length of: tokens are masked per answer.
            compression.EnableForHttps = true;
            compression.Providers.Add<BrotliCompressionProvider>();
            compression.Providers.Add<GzipCompressionProvider>();
            compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/atom+xml", "application/rss+xml", "image/svg+xml"];
        });
    }

    private static void UsePages(WebApplication app)
    {
        var limits = app.Services.GetRequiredService<RequestLimits>();
        app.UseKnownProxies();
        if (!app.Environment.IsDevelopment())
        {
            app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = "/error", CreateScopeForErrors = true, StatusCodeSelector = Guards.StatusOf });
            app.UseHsts();
        }

        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<CookiePrefixes>();
        app.UseMiddleware<Outage>();
        app.UseMiddleware<PublicRequests>();
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        // The page that tells of a failure is asked for, not posted to: a refused form would be refused there again.
        app.Use((context, next) =>
        {
            if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.Features.Get<IExceptionHandlerFeature>() is not null)
                context.Request.Method = HttpMethods.Get;
            return next(context);
        });
        app.UseRouting();
        app.UseMiddleware<Refusals>();
        app.UseRequestLimit(limits);
        app.UseMiddleware<BodyLimits>();
        app.UseMiddleware<CircuitGate>();
        app.UseOutputCache();
        app.UseResponseCompression();
        app.UseMiddleware<KeptAnswers>();
        app.UseDearLimits(limits);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(server =>
            {
                // One policy for every answer stands in SecurityHeaders; a second header would only repeat a part of it.
                server.ContentSecurityFrameAncestorsPolicy = null;
                server.ConfigureWebSocketAcceptContext = AcceptPage;
            })
            .CacheOutput(VisitorPages.Policy);
    }

    // Each message is compressed by itself: a compressor that remembers the ones before holds some 200 KiB of the system's
    // memory for every open page, as much as all the rest of it, and lets one message tell of another by its length.
    private static Task AcceptPage(HttpContext context, WebSocketAcceptContext page)
    {
        (page.DangerousEnableCompression, page.DisableServerContextTakeover) = (true, true);
        return Task.CompletedTask;
    }
}
