using System.Data.Common;
using MetaPrompt.Data;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Monitoring;

/// <summary>The one who looked is no administrator any more.</summary>
public sealed class NotAdministratorException() : Exception("Administrators only.");

/// <summary>Reads the parts of the page from the database. A part that fails leaves the others standing.</summary>
public sealed class MonitoringReader(MonitoringQueries queries, TimeProvider time, ILogger<MonitoringReader> log)
{
    /// <summary>What changes from moment to moment and costs little.</summary>
    public static readonly DatabasePart[] Quick = [DatabasePart.Server, DatabasePart.Sessions, DatabasePart.Runs];

    /// <summary>Everything.</summary>
    public static readonly DatabasePart[] All = Enum.GetValues<DatabasePart>();

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The figures with those parts read anew; as they were, with the reason, where that failed.</summary>
    /// <exception cref="NotAdministratorException">The caller has lost the right.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public async Task<DatabaseFigures> ReadAsync(
        DatabaseFigures figures, IEnumerable<DatabasePart> parts, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(figures);
        ArgumentNullException.ThrowIfNull(parts);
        // A database that is slow to say no would keep the rest of the page waiting.
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var away = false;
        foreach (var part in parts)
        {
            try
            {
                figures = Noted(await ReadAsync(figures, part, caller, both.Token), part, new PartStatus(time.GetUtcNow(), null));
            }
            catch (DbException refused) when (refused.SqlState == "42501")
            {
                throw new NotAdministratorException();
            }
            catch (DbException refused) when (PartWords.Refusal(refused.SqlState) is { } problem)
            {
                figures = Noted(figures, part, figures.StatusOf(part) with { Problem = problem });
            }
            catch (Exception failure) when (Failures.IsOfDatabase(failure) || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                if (figures.AwaySince is null)
                    log.LogWarning(failure, "Figures of the database could not be read");
                figures = Noted(figures, part, figures.StatusOf(part) with { Problem = PartWords.Away });
                away = true;
                break;
            }
        }

        return figures with { AwaySince = away ? figures.AwaySince ?? time.GetUtcNow() : null };
    }

    private static DatabaseFigures Noted(DatabaseFigures figures, DatabasePart part, PartStatus status) =>
        figures with { Parts = new Dictionary<DatabasePart, PartStatus>(figures.Parts) { [part] = status } };

    private async Task<DatabaseFigures> ReadAsync(DatabaseFigures figures, DatabasePart part, Caller caller, CancellationToken stop) => part switch
    {
        DatabasePart.Server => figures with { Server = await queries.ServerAsync(caller, stop) },
        DatabasePart.Sessions => figures with { Sessions = await queries.SessionsAsync(caller, stop) },
        DatabasePart.Runs => figures with { Runs = await queries.RunsAsync(caller, stop) },
        DatabasePart.RunFailures => figures with { RunFailures = await queries.RunFailuresAsync(caller, stop) },
        DatabasePart.Nodes => figures with { Nodes = await queries.NodesAsync(caller, stop) },
        DatabasePart.SignIns => figures with { SignIns = await queries.SignInFailuresAsync(caller, stop) },
        DatabasePart.Statements => figures with { Statements = await queries.StatementsAsync(caller, stop) },
        DatabasePart.Tables => figures with { Tables = await queries.TablesAsync(caller, stop) },
        DatabasePart.Indexes => figures with { Indexes = await queries.IndexesAsync(caller, stop) },
        _ => figures with { Migrations = await queries.MigrationsAsync(caller, stop) },
    };
}
