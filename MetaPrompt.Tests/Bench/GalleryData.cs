using System.Globalization;
using System.Text;

namespace MetaPrompt.Tests.Bench;

/// <summary>One generated template with its prompt.</summary>
internal sealed record GalleryRow
{
    public required Guid Id { get; init; }
    public required Guid PromptId { get; init; }

    /// <summary>Index of its author, see <see cref="GalleryData.Author"/>.</summary>
    public required int Author { get; init; }
    public required string Title { get; init; }
    public required string Goal { get; init; }
    public required string Text { get; init; }

    /// <summary>JSON as <c>prompts.variables</c> keeps it.</summary>
    public required string Variables { get; init; }
    public required string? Category { get; init; }
    public required string[] Tags { get; init; }
    public required int Likes { get; init; }
    public required int Uses { get; init; }
    public required DateTime PublishedAt { get; init; }
    public required bool IsPublic { get; init; }
}

/// <summary>
/// A gallery of any size that is the same every time: a row depends on its number alone, so ten thousand are the first ten
/// thousand of a million. Likes, words, tags, categories and authors are skewed as real ones are; the texts have the lengths
/// of the 993 real prompts this was shaped after (median 126 words, a few of thousands).
/// </summary>
internal sealed class GalleryData(int count)
{
    /// <summary>Words that stand in exactly one of so many templates, in the title, the goal or the text, whatever the size.</summary>
    public static readonly IReadOnlyDictionary<string, int> Planted = new Dictionary<string, int>
    {
        ["quagga"] = 10_000, ["narwhal"] = 5_000, ["axolotl"] = 2_500, ["obsidian"] = 1_000, ["lighthouse"] = 500, ["almanac"] = 200,
        ["compass"] = 100, ["lantern"] = 50, ["harbor"] = 20, ["granite"] = 10, ["velvet"] = 5, ["amber"] = 3,
    };

    /// <summary>When the youngest was published.</summary>
    public static readonly DateTime Youngest = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly Zipf Content = new(GalleryWords.Content.Length, 1.05);
    private static readonly Zipf Topics = new(GalleryWords.Content.Length, 0.85);
    private static readonly Zipf TagWords = new(2000, 1.0);
    private static readonly Zipf Small = new(GalleryWords.Small.Length, 1.0);
    private static readonly Zipf Categories = new(GalleryWords.Categories.Length, 0.9);

    /// <summary>How many templates.</summary>
    public int Count { get; } = count;

    /// <summary>How many authors they have.</summary>
    public int Authors => Math.Max(50, Count / 20);

    /// <summary>All of them, in order of their numbers.</summary>
    public IEnumerable<GalleryRow> Rows()
    {
        for (var number = 0; number < Count; number++)
            yield return Row(number);
    }

    /// <summary>An author by index: id and name. Few have many templates.</summary>
    public static (Guid Id, string Name) Author(int index)
    {
        var dice = new Dice(0xA0000000UL + (ulong)index);
        var name = dice.Pick(GalleryWords.Names.First) + ' ' + dice.Pick(GalleryWords.Names.Last);
        return (dice.Id(), name);
    }

    /// <summary>One template by its number.</summary>
    public GalleryRow Row(int number)
    {
        var dice = new Dice((ulong)number + 1);
        var id = dice.Id();
        var prompt = dice.Id();
        var topics = new string[2 + dice.Below(3)];
        for (var topic = 0; topic < topics.Length; topic++)
            topics[topic] = GalleryWords.Content[Topics.Draw(ref dice)];

        var foreign = dice.Chance(0.05) ? GalleryWords.Scripts[dice.Below(GalleryWords.Scripts.Length)] : default;
        var variables = Enumerable.Range(0, Math.Min(6, dice.Pareto(1.3, 20))).Select(n => topics[n % topics.Length] + (n < topics.Length ? "" : "_" + n)).Distinct().ToArray();
        var title = foreign.Words is null ? Title(ref dice, topics) : Foreign(ref dice, foreign, 3 + dice.Below(3));
        var goal = foreign.Words is null ? Goal(ref dice, topics) : Foreign(ref dice, foreign, 8 + dice.Below(8));
        var text = foreign.Words is null || dice.Chance(0.3)
            ? Text(ref dice, topics, variables)
            : string.Join('\n', Enumerable.Repeat(0, 4 + dice.Below(20)).Select(_ => Foreign(ref dice, foreign, 10)));
        foreach (var (word, oneIn) in Planted)
        {
            if ((number + (oneIn * 7 / 10)) % oneIn != 0)
                continue;
            var place = dice.Below(4);
            title = place == 0 ? title + ' ' + word : title;
            goal = place == 1 ? goal + " Mind the " + word + '.' : goal;
            text = place > 1 ? text + "\nRemember the " + word + '.' : text;
        }

        var likes = dice.Pareto(1.2, 90_000);
        return new GalleryRow
        {
            Id = id,
            PromptId = prompt,
            Author = (int)(Authors * Math.Pow(dice.Unit(), 3)),
            Title = title.Length > 255 ? title[..255] : title,
            Goal = goal,
            Text = text,
            Variables = "[" + string.Join(',', variables.Select(name => $$"""{"name":"{{name}}"}""")) + "]",
            Category = dice.Chance(0.08) ? null : GalleryWords.Categories[Categories.Draw(ref dice)],
            Tags = Tags(ref dice, topics),
            Likes = likes,
            Uses = (int)(likes * dice.Unit() * 3) + dice.Pareto(1.1, 50_000),
            PublishedAt = Youngest.AddSeconds(-(int)(94_000_000 * Math.Pow(dice.Unit(), 2))).AddMicroseconds(-dice.Below(1_000_000)),
            IsPublic = !dice.Chance(0.03),
        };
    }

    private static string Title(ref Dice dice, string[] topics)
    {
        var words = new List<string>();
        if (dice.Chance(0.5))
            words.Add(dice.Pick(GalleryWords.Verbs));
        if (words.Count > 0 && dice.Chance(0.4))
            words.Add("a");
        for (var topic = 0; topic < topics.Length && (topic == 0 || dice.Chance(0.75)); topic++)
            words.Add(GalleryWords.Form(topics[topic], dice.Chance(0.2) ? dice.Below(3) : 0));
        if (dice.Chance(0.3))
            words.AddRange(["for", dice.Pick(GalleryWords.Readers)]);
        words[0] = char.ToUpperInvariant(words[0][0]) + words[0][1..];
        return string.Join(' ', words);
    }

    private static string Goal(ref Dice dice, string[] topics) =>
        string.Create(CultureInfo.InvariantCulture, $"{Sentence(ref dice, topics, 8 + dice.Below(14), [])} So that {dice.Pick(GalleryWords.Readers)} {dice.Pick(GalleryWords.Verbs)} it.");

    private static string Text(ref Dice dice, string[] topics, string[] variables)
    {
        var left = (int)Math.Clamp(Math.Exp(4.7 + (0.85 * dice.Normal())), 15, 2500);
        var text = new StringBuilder(left * 7);
        for (var sentence = 0; left > 0; sentence++)
        {
            var length = Math.Min(6 + dice.Below(14), Math.Max(left, 3));
            left -= length;
            text.Append(Sentence(ref dice, topics, length, sentence < variables.Length ? [variables[sentence]] : []));
            text.Append(dice.Chance(0.2) ? '\n' : ' ');
        }

        return text.ToString();
    }

    private static string Sentence(ref Dice dice, string[] topics, int length, string[] variables)
    {
        var text = new StringBuilder(length * 7);
        for (var place = 0; place < length; place++)
        {
            var kind = dice.Unit();
            var word = kind < 0.42 ? GalleryWords.Small[Small.Draw(ref dice)]
                : kind < 0.50 ? dice.Pick(topics)
                : kind < 0.55 ? dice.Pick(GalleryWords.Verbs)
                : GalleryWords.Form(GalleryWords.Content[Content.Draw(ref dice)], dice.Chance(0.3) ? 1 + dice.Below(3) : 0);
            if (place == 0)
                text.Append(char.ToUpperInvariant(word[0])).Append(word, 1, word.Length - 1);
            else
                text.Append(dice.Chance(0.06) ? ", " : " ").Append(word);
        }

        foreach (var variable in variables)
            text.Append(" {{").Append(variable).Append("}}");
        return text.Append('.').ToString();
    }

    private static string Foreign(ref Dice dice, (string Between, string[] Words) script, int length)
    {
        var words = new string[length];
        for (var place = 0; place < length; place++)
            words[place] = dice.Pick(script.Words);
        return string.Join(script.Between, words);
    }

    private static string[] Tags(ref Dice dice, string[] topics)
    {
        var tags = new SortedSet<string>(StringComparer.Ordinal);
        for (var left = dice.Below(6); left > 0; left--)
            tags.Add(dice.Chance(0.3) ? dice.Pick(topics) : GalleryWords.Content[TagWords.Draw(ref dice)]);
        return [.. tags];
    }
}
