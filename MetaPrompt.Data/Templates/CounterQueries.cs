using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Templates;

/// <summary>What the program does for the gallery by itself, in its own name.</summary>
public sealed class CounterQueries(Db db)
{
    private const string Fold =
        """
        -- counters.fold
        select internal.fold_counters()
        """;

    private const string Purge =
        """
        -- prompts.purge
        select internal.purge_deleted_prompts()
        """;

    /// <summary>Adds pending likes and uses to the counters. Returns how many templates changed.</summary>
    public Task<int> FoldAsync(CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<int>(Caller.App, Fold, null, cancellationToken);

    /// <summary>Ends prompts deleted more than 30 days ago. Returns how many.</summary>
    public Task<int> PurgeDeletedPromptsAsync(CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<int>(Caller.App, Purge, null, cancellationToken);
}
