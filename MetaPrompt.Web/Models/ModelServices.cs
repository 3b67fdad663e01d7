using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting.Assertions;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MetaPrompt.Web.Models;

/// <summary>What a host does to have models: one call, before it is built.</summary>
public static class ModelServices
{
    private const string OllamaSetting = "Ollama:Endpoint";
    private const string NoOllama = "none";

    /// <summary>
    /// Reads <c>Models</c> and <c>Ollama:Endpoint</c> (where to look for Ollama while no model is configured; "none" not
    /// to look) and adds the catalog, the runner and the wizard's model. Call it after the database's services: the runner
    /// then ends, and keeps its results, before the database does.
    /// </summary>
    /// <exception cref="SettingsException">A setting is missing or wrong; the message names it.</exception>
    public static void AddModels(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var configured = ModelSettingsReader.Read(builder.Configuration);
        var ollama = OllamaEndpoint(builder.Configuration);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<TestResultQueries>();
        builder.Services.TryAddSingleton<TestCaseQueries>();
        builder.Services.TryAddSingleton<VerdictQueries>();
        builder.Services.TryAddSingleton<ResultGrader>();
        builder.Services.TryAddSingleton(new ModelLimits());
        builder.AddOwnModels();
        builder.Services.AddSingleton(services => new ModelCatalog(
            configured, services.GetRequiredService<ModelLimits>(), services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<OwnModels>(), services.GetRequiredService<EndpointGuard>()));
        builder.Services.AddSingleton<WizardModel>();
        builder.Services.AddSingleton<ModelAllowance>();
        builder.Services.TryAddSingleton<TestRunQueries>();
        builder.Services.AddSingleton<KeepResult>(services =>
        {
            var results = services.GetRequiredService<TestResultQueries>();
            return (run, cell, id, state, cancellationToken) => results.SaveAsync(run.Caller, RunRows.Result(run, cell, id, state), cancellationToken);
        });
        builder.Services.AddSingleton<GradeResult>(services =>
        {
            var grader = services.GetRequiredService<ResultGrader>();
            return (run, cell, id, cancellationToken) => GradeAsync(grader, run, cell, id, cancellationToken);
        });
        builder.Services.AddSingleton<PromptRunner>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PromptRunner>());
        if (configured.Count == 0 && ollama is not null)
            builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<LocalOllama>(services, ollama));
    }

    private static async Task GradeAsync(ResultGrader grader, LiveRun run, RunCell cell, Guid resultId, CancellationToken cancellationToken)
    {
        var grade = await grader.GradeAsync(
            new GradeRequest
            {
                Caller = run.Caller,
                ResultId = resultId,
                Assertions = cell.Plan.Assertions,
                Prompt = cell.Plan.ResolvedPrompt,
                Answer = cell.Answer,
                Facts = new AnswerFacts { OutputTokens = cell.OutputTokens, ElapsedMs = cell.ElapsedMs, Cost = cell.Cost },
            },
            cancellationToken).ConfigureAwait(false);
        cell.EndGrading(grade.Passed, grade.Outcomes);
    }

    private static Uri? OllamaEndpoint(ConfigurationManager configuration)
    {
        var text = configuration[OllamaSetting]?.Trim();
        if (string.Equals(text, NoOllama, StringComparison.OrdinalIgnoreCase))
            return null;

        return Uri.TryCreate(string.IsNullOrEmpty(text) ? LocalOllama.DefaultEndpoint : text, UriKind.Absolute, out var endpoint)
            && (endpoint.Scheme == Uri.UriSchemeHttp || endpoint.Scheme == Uri.UriSchemeHttps)
                ? endpoint
                : throw new SettingsException(OllamaSetting, $"'{text}' is no web address. Write one like {LocalOllama.DefaultEndpoint}, or none not to look for Ollama.");
    }
}
