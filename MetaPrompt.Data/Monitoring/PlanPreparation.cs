using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace MetaPrompt.Data.Monitoring;

/// <summary>Makes a prepared statement of one whose values have names, without having any of them.</summary>
internal static partial class PlanPreparation
{
    /// <summary>The savepoint before the statement was prepared.</summary>
    public const string BeforePlan = "before_plan";

    private const int MostGuesses = 20;

    /// <summary>The statement with numbered places for its values, and the name of each; empty where they had none.</summary>
    public static (string Sql, IReadOnlyList<string> Places) Numbered(string sql)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        string Place(string name)
        {
            if (!numbers.TryGetValue(name, out var number))
                numbers.Add(name, number = numbers.Count + 1);
            return string.Create(CultureInfo.InvariantCulture, $"${number}");
        }

        // Whether a value is there says nothing of its type, and PostgreSQL wants the same from all places of one number: these
        // places get numbers of their own.
        var text = Asked().Replace(sql, match => $"{Place(match.Groups[1].Value + "?")}::text is {match.Groups[2].Value}null");
        text = Named().Replace(text, match => Place(match.Groups[1].Value));
        return numbers.Count > 0 ? (text, [.. numbers.OrderBy(place => place.Value).Select(place => place.Key.TrimEnd('?'))])
            : (sql, [.. Enumerable.Repeat("", Places().Matches(sql).Select(Number).DefaultIfEmpty(0).Max())]);
    }

    /// <summary>Prepares the statement under the id, on a savepoint <see cref="BeforePlan"/> of the transaction.</summary>
    /// <remarks>
    /// PostgreSQL infers what type a value has from where it stands. Where it cannot, it is text; of a list's elements it
    /// cannot, and a list is mostly of ids.
    /// </remarks>
    /// <exception cref="PostgresException">It cannot be prepared without values, or the role may not.</exception>
    public static async Task PrepareAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string id, string sql, int places, CancellationToken cancellationToken)
    {
        var types = Enumerable.Repeat("unknown", places).ToArray();
        var lists = Lists().Matches(sql).SelectMany(list => Places().Matches(list.Groups[1].Value)).Select(place => Number(place) - 1).ToArray();
        var guesses = new Queue<string>(lists.Length == 0 ? [] : ["uuid[]", "text[]"]);
        for (var tries = 0; ; tries++)
        {
            await transaction.SaveAsync(BeforePlan, cancellationToken).ConfigureAwait(false);
            try
            {
                await PlanQueries.RunAsync(connection, $"prepare {id}{(places == 0 ? "" : $" ({string.Join(", ", types)})")} as {sql}", cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (PostgresException unclear) when (
                tries < MostGuesses && unclear.SqlState == PostgresErrorCodes.IndeterminateDatatype && Places().Match(unclear.MessageText) is { Success: true } place)
            {
                types[Number(place) - 1] = "text";
            }
            catch (PostgresException unclear) when (guesses.Count > 0 && unclear.SqlState.StartsWith("42", StringComparison.Ordinal)
                && unclear.SqlState != PostgresErrorCodes.InsufficientPrivilege)
            {
                var guess = guesses.Dequeue();
                foreach (var list in lists)
                    types[list] = guess;
            }

            await transaction.RollbackAsync(BeforePlan, cancellationToken).ConfigureAwait(false);
        }
    }

    private static int Number(Match place) => int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture);

    // "@Name" and not the operators @@, @> and <@.
    [GeneratedRegex(@"(?<![@\w<>?|&])@([A-Za-z_]\w*)")]
    private static partial Regex Named();

    [GeneratedRegex(@"(?<![@\w<>?|&])@([A-Za-z_]\w*) is (not )?null\b", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();

    [GeneratedRegex(@"\b(?:unnest|cardinality)\(([^()]*)\)")]
    private static partial Regex Lists();

    [GeneratedRegex(@"\$(\d+)")]
    private static partial Regex Places();
}
