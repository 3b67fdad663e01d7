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

    private const string Keep =
        """
        -- counters.keep_gallery
        select internal.fold_gallery_counts() + internal.learn_search_words(@Batch) + internal.move_gallery_tier(@Batch)
          + internal.pair_missing_galleries(@Batch)
        """;

    private const string PurgeUses =
        """
        -- counters.purge_uses
        select internal.purge_template_uses()
        """;

    private const string Purge =
        """
        -- prompts.purge
        select internal.purge_deleted_prompts()
        """;

    /// <summary>Adds pending likes and uses to the counters. Returns how many templates changed.</summary>
    public Task<int> FoldAsync(CancellationToken cancellationToken) =>
        db.Patient.FirstOrDefaultAsync<int>(Caller.App, Fold, null, cancellationToken);

    /// <summary>
    /// The next step of the gallery's upkeep: adds up the counts of its labels, learns new words, moves the tiers of its most
    /// popular templates, pairs the words of what was published before there were pairs.
    /// </summary>
    /// <param name="batch">How many templates to take at once.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <returns>0 when there was nothing to do.</returns>
    public Task<int> KeepGalleryAsync(int batch, CancellationToken cancellationToken) =>
        db.Patient.FirstOrDefaultAsync<int>(Caller.App, Keep, new { Batch = batch }, cancellationToken);

    /// <summary>Forgets who used what more than 400 days ago. Returns how many uses.</summary>
    public Task<int> PurgeUsesAsync(CancellationToken cancellationToken) =>
        db.Patient.FirstOrDefaultAsync<int>(Caller.App, PurgeUses, null, cancellationToken);

    /// <summary>Ends prompts deleted more than 30 days ago. Returns how many.</summary>
    public Task<int> PurgeDeletedPromptsAsync(CancellationToken cancellationToken) =>
        db.Patient.FirstOrDefaultAsync<int>(Caller.App, Purge, null, cancellationToken);
}
