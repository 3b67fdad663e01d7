using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MetaPrompt.Data.Database;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// PostgreSQL's own load generator with the statements of our query classes: taken from Npgsql as they are sent, so that
/// both run the same commands with the same values, as the same login, in one round trip each.
/// </summary>
internal sealed partial class PgBench(BenchServer server, string database)
{
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(0.3);

    /// <summary>Whether this machine has it.</summary>
    public bool IsThere => Program is not null;

    // Beside the server's programs, where they really are, or on the PATH.
    private string? Program { get; } = ((string?[])
        [
            server.BinFolder, Path.GetDirectoryName(File.ResolveLinkTarget(Path.Combine(server.BinFolder, "postgres"), returnFinalTarget: true)?.FullName),
            string.Create(CultureInfo.InvariantCulture, $"/usr/lib/postgresql/{server.Major}/bin"), .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
        ])
        .Where(folder => !string.IsNullOrEmpty(folder)).Select(folder => Path.Combine(folder!, "pgbench")).FirstOrDefault(File.Exists);

    /// <summary>What calls of a query class send, as a pgbench script each.</summary>
    public async Task<IReadOnlyList<Script>> RecordAsync(Func<Db, int, Task> call, int calls)
    {
        var scripts = new List<Script>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        var builder = new NpgsqlDataSourceBuilder(server.App(database));
        builder.ConfigureTracing(options => options.ConfigureBatchEnrichmentCallback((_, batch) => scripts.Add(Script.Of(batch, scripts.Count))));
        await using var source = builder.Build();
        var db = new Db(source);
        for (var n = 0; n < calls; n++)
            await call(db, n);
        return scripts;
    }

    /// <summary>Runs them in a random order for so many seconds.</summary>
    public async Task<Samples> RunAsync(IReadOnlyList<Script> scripts, int connections, int seconds, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("metaprompt-pgbench-");
        try
        {
            var address = new NpgsqlConnectionStringBuilder(server.App(database));
            var start = new ProcessStartInfo(Program!) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PGPASSWORD"] = address.Password;
            void Add(params string[] arguments) => Array.ForEach(arguments, start.ArgumentList.Add);
            Add("-h", address.Host!, "-p", address.Port.ToString(CultureInfo.InvariantCulture), "-U", address.Username!, "-n", "-M", "prepared", "-l", "--log-prefix=log");
            Add("-c", connections.ToString(CultureInfo.InvariantCulture), "-j", Math.Min(connections, 2).ToString(CultureInfo.InvariantCulture), "-T", seconds.ToString(CultureInfo.InvariantCulture));
            foreach (var (script, index) in scripts.Select((script, index) => (script, index)))
            {
                var file = Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{index}.sql"));
                await File.WriteAllTextAsync(file, script.Text, cancellationToken);
                Add("-f", file);
                foreach (var (name, value) in script.Values)
                    Add("-D", $"{name}={value}");
            }

            Add(database);
            // It prepares a pipeline's statements before the first of them has switched the role.
            await server.ExecuteAsync(database, "grant usage on schema auth to metaprompt_app", cancellationToken);
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? Read(folder)
                : throw new InvalidOperationException("pgbench: " + await errors);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // A line per transaction: client, number, microseconds, script, and when it ended. What ended while connections were
    // still being opened and functions compiled is left out; our own pool is warm too.
    private static Samples Read(DirectoryInfo folder)
    {
        var lines = folder.EnumerateFiles("log.*").SelectMany(file => File.ReadLines(file.FullName))
            .Select(line => Array.ConvertAll(line.Split(' '), part => double.Parse(part, CultureInfo.InvariantCulture)))
            .Select(parts => (Milliseconds: parts[2] / 1000, End: parts[4] + (parts[5] / 1_000_000)))
            .ToArray();
        if (lines.Length == 0)
            return new Samples([], TimeSpan.FromSeconds(1));

        var from = lines.Min(line => line.End - (line.Milliseconds / 1000)) + Warm.TotalSeconds;
        var kept = lines.Where(line => line.End > from).ToArray();
        return kept.Length > 0
            ? new Samples(kept.Select(line => line.Milliseconds), TimeSpan.FromSeconds(kept.Max(line => line.End) - from))
            : new Samples(lines.Select(line => line.Milliseconds), Warm);
    }

    /// <summary>A pgbench script and the values of its variables.</summary>
    internal sealed partial record Script(string Text, IReadOnlyList<(string Name, string Value)> Values)
    {
        /// <summary>A batch as a script whose variables no other script has.</summary>
        public static Script Of(NpgsqlBatch batch, int number)
        {
            var text = new StringBuilder("\\startpipeline\n");
            var values = new List<(string, string)>();
            for (var index = 0; index < batch.BatchCommands.Count; index++)
            {
                var command = (NpgsqlBatchCommand)batch.BatchCommands[index];
                var place = index;
                string Variable(NpgsqlParameter parameter)
                {
                    // With its type, as Npgsql sends it.
                    var type = "::" + (parameter.DataTypeName ?? "text");
                    if (parameter.Value is null or DBNull)
                        return "null" + type;
                    var name = string.Create(CultureInfo.InvariantCulture, $"v{number}_{place}_{command.Parameters.IndexOf(parameter)}");
                    if (!values.Exists(value => value.Item1 == name))
                        values.Add((name, Written(parameter.Value)));
                    return ":" + name + type;
                }

                var sql = Named().Replace(command.CommandText, match => Variable(command.Parameters[match.Groups[1].Value]));
                sql = Numbered().Replace(sql, match => Variable(command.Parameters[int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1]));
                text.Append(sql.Trim()).Append(";\n");
            }

            return new Script(text.Append("\\endpipeline\n").ToString(), values);
        }

        private static string Written(object value) => value switch
        {
            DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };

        [GeneratedRegex("(?<![@:])@([A-Za-z]+)")]
        private static partial Regex Named();

        [GeneratedRegex(@"\$([0-9]+)")]
        private static partial Regex Numbered();
    }
}
