using System.Diagnostics;
using System.Globalization;
using System.Text;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// How long the template language takes at 1, 10, 50 and 150 KB: reading, filling in, checking, comparing with an edited
/// version, converting another syntax. No model, no database: one thread, the time of each call.
/// </summary>
internal sealed class TextBenchmark : IBenchmark
{
    private static readonly int[] Kilobytes = [1, 10, 50, 150];
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(1.5);

    // What the editor promises; the table says where it is not kept.
    private static readonly Dictionary<(string, int), double> Aims = new() { [("resolve", 150)] = 5, [("check", 10)] = 20 };

    /// <inheritdoc/>
    public string Name => "text";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"{"",-10}{"KB",6}{"p50 ms",12}{"p95 ms",12}{"calls",10}   aim");
        foreach (var size in Kilobytes)
        {
            var (text, foreign, edited) = (Text(size), Foreign(size), Edited(Text(size)));
            var template = PromptTemplate.Parse(text);
            IReadOnlyList<PromptVariable> variables = PromptVariables.Reconcile(text, []);
            var values = template.VariableNames.ToDictionary(name => name, name => $"A value of {name}, a few words long.", StringComparer.Ordinal);
            var cases = new (string Name, Func<object> Call)[]
            {
                ("parse", () => PromptTemplate.Parse(text)),
                ("resolve", () => PromptTemplate.Parse(text).Resolve(values)),
                ("check", () => PromptChecks.Find(text, variables)),
                ("diff", () => TextDiff.Of(text, edited)),
                ("convert", () => ForeignPlaceholders.Convert(foreign)),
            };
            foreach (var (name, call) in cases)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var samples = Measure(call);
                var aim = Aims.TryGetValue((name, size), out var most) ? string.Create(CultureInfo.InvariantCulture, $"   under {most:F0} ms{(samples.Within(0.95) < most ? "" : ", missed")}") : "";
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name,-10}{size,6}{samples.Within(0.5),12:F3}{samples.Within(0.95),12:F3}{samples.Count,10}{aim}"));
            }
        }
    }

    private static Samples Measure(Func<object> call)
    {
        // Until the runtime has compiled it for good.
        for (var warm = Stopwatch.StartNew(); warm.Elapsed < Time / 3;)
            GC.KeepAlive(call());
        var milliseconds = new List<double>();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Time)
        {
            var start = Stopwatch.GetTimestamp();
            GC.KeepAlive(call());
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return new Samples(milliseconds, watch.Elapsed);
    }

    // Sections of a prompt as people write them, none the same, with a placeholder in every few sentences.
    private static string Text(int kilobytes) => Sections(kilobytes, name => PromptTemplate.Placeholder(name));

    private static string Foreign(int kilobytes)
    {
        var number = 0;
        return Sections(kilobytes, name => (number++ % 5) switch
        {
            0 => "[" + name.ToUpperInvariant() + "]",
            1 => "${" + name + ":a default}",
            2 => "{" + name + "}",
            3 => "<" + name + ">",
            _ => "%" + name + "%",
        });
    }

    private static string Sections(int kilobytes, Func<string, string> placeholder)
    {
        var dice = new Dice(42);
        var text = new StringBuilder();
        for (var section = 0; text.Length < kilobytes * 1024; section++)
        {
            text.Append(CultureInfo.InvariantCulture, $"Write two sentences about {placeholder("topic_" + (section % 40).ToString(CultureInfo.InvariantCulture))} for people who know a {dice.Pick(GalleryWords.Content)}.\n\n");
            for (var sentence = 0; sentence < 4; sentence++)
            {
                for (var word = 0; word < 9; word++)
                    text.Append(dice.Pick(GalleryWords.Content)).Append(' ');
                text.Append(dice.Pick(GalleryWords.Content)).Append(". ");
            }

            text.Append(CultureInfo.InvariantCulture, $"\n\nAnswer as JSON: {{\"{dice.Pick(GalleryWords.Content)}\": \"...\", \"reason\": \"...\"}}. Do not mention {placeholder("rival_" + (section % 7).ToString(CultureInfo.InvariantCulture))}.\n\n");
        }

        return text.ToString(0, kilobytes * 1024);
    }

    // A word here and there, a section gone, one added: what an afternoon does to a prompt.
    private static string Edited(string text)
    {
        var lines = text.Split('\n').ToList();
        for (var line = 0; line < lines.Count; line += 7)
            lines[line] = lines[line].Replace("sentences", "short paragraphs", StringComparison.Ordinal).Replace(" a ", " the ", StringComparison.Ordinal);
        lines.RemoveRange(lines.Count / 3, lines.Count / 20);
        lines.Insert(lines.Count / 2, "Say what is not known instead of guessing.");
        return string.Join('\n', lines);
    }
}
