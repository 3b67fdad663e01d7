using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MetaPrompt.Tests.Models;

/// <summary>What tests of models share: a clock of their own and short ways to catalogs and answers.</summary>
public abstract class ModelTest
{
    /// <summary>Stands still until a test moves it: no time-out comes by itself.</summary>
    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The defaults, but pages hear of every change at once: the clock stands still.</summary>
    protected static ModelLimits Limits { get; } = new() { ChangeInterval = TimeSpan.Zero };

    protected ModelCatalog Catalog(params ModelSettings[] models) => new(models, Limits, Clock);

    /// <summary>The wizard's model for visitors, who have no budget.</summary>
    protected WizardModel Wizard(ModelCatalog catalog) => new(
        catalog, new ModelAllowance(Limits), new Budget(new BudgetQueries(null!), new BudgetSettings(), NullLogger<Budget>.Instance), Limits, Clock);

    /// <summary>The failure of one streamed question to the model.</summary>
    protected async Task<ModelFailure> FailureAsync(ModelSettings model)
    {
        using var catalog = Catalog(model);
        return await Assert.ThrowsAsync<ModelFailure>(async () =>
        {
            await foreach (var update in catalog.Client(model).GetStreamingResponseAsync("Hello?", cancellationToken: Cancel))
                Assert.NotNull(update);
        });
    }
}
