using System.Text;
using MetaPrompt.Web.Prompting.Importing;

namespace MetaPrompt.Web.Features.Library;

/// <summary>What stands on the import page: the files, and the prompts that were found in them.</summary>
public sealed class ImportState
{
    /// <summary>Files of one import.</summary>
    public const int MaxFiles = 50;

    /// <summary>Bytes of all files together: they are kept while the page is open, so that their format can be changed.</summary>
    public const int MaxBytes = 20 * 1024 * 1024;

    private readonly List<ImportSource> _sources = [];
    private IReadOnlySet<int> _present = new HashSet<int>();

    /// <summary>The files, in the order they were chosen.</summary>
    public IReadOnlyList<ImportSource> Sources => _sources;

    /// <summary>Every prompt that can be imported, file by file.</summary>
    public IReadOnlyList<ImportRow> Rows { get; private set; } = [];

    /// <summary>How many are ticked.</summary>
    public int Selected => Rows.Count(row => row.Selected);

    /// <summary>Bytes of all files.</summary>
    public long Bytes => _sources.Sum(source => (long)(source.Content?.Length ?? 0));

    /// <summary>"993 prompts found, 2 of them yours already".</summary>
    public string Summary
    {
        get
        {
            var found = Rows.Count == 1 ? "1 prompt found" : $"{Rows.Count:N0} prompts found";
            var known = Rows.Count(row => row.Known is not null);
            return known == 0 ? found : $"{found}, {known:N0} of them there already";
        }
    }

    /// <summary>Reads a file, or reads it again as another format. Takes time; changes nothing but the source.</summary>
    public void Read(ImportSource source, PromptFormat? format)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            source.File = PromptFiles.Read(source.Name, source.Content ?? [], format);
            source.Format = source.File.Format;
            source.Problem = source.File.Prompts.Count == 0 ? "There is no prompt in it that can be imported." : null;
        }
        catch (FormatException refusal)
        {
            source.File = null;
            source.Format = format ?? PromptFiles.Guess(source.Name, Beginning(source.Content ?? []));
            source.Problem = refusal.Message;
        }
    }

    /// <summary>Adds a file that was read.</summary>
    public void Add(ImportSource source)
    {
        _sources.Add(source);
        Collect();
    }

    /// <summary>Takes a file away with its prompts.</summary>
    public void Remove(ImportSource source)
    {
        _sources.Remove(source);
        Collect();
    }

    /// <summary>After files changed: marks and unticks what the person has already, and what stands here twice.</summary>
    /// <param name="present">Places in <see cref="Rows"/> whose text is in the library.</param>
    public void Mark(IReadOnlySet<int> present)
    {
        _present = present;
        Collect();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var place = 0; place < Rows.Count; place++)
        {
            var row = Rows[place];
            var known = _present.Contains(place) ? "You have this text already"
                : seen.Contains(row.Read.Prompt.Template) ? "The same text as another one above" : null;
            seen.Add(row.Read.Prompt.Template);
            // What somebody ticked or unticked by hand stays so.
            if (row.Known != known)
                (row.Known, row.Selected) = (known, known is null);
        }
    }

    /// <summary>Forgets what is in the library, after an import was taken back.</summary>
    public void Forget() => Mark(new HashSet<int>());

    /// <summary>Ticks or unticks all that are not there already.</summary>
    public void SelectAll(bool selected)
    {
        foreach (var row in Rows)
            row.Selected = selected && row.Known is null;
    }

    // Enough to guess by, also where the rest is no text.
    private static string Beginning(byte[] content) => Encoding.UTF8.GetString(content, 0, Math.Min(content.Length, 20_000));

    private void Collect()
    {
        var before = new Dictionary<object, ImportRow>(ReferenceEqualityComparer.Instance);
        foreach (var row in Rows)
            before[row.Read] = row;
        var rows = new List<ImportRow>();
        foreach (var source in _sources)
        {
            foreach (var read in source.File?.Prompts ?? [])
            {
                if (rows.Count == ImportLimits.Prompts)
                {
                    source.Problem = $"Only the first {ImportLimits.Prompts:N0} prompts are shown; import these, then the rest.";
                    break;
                }

                rows.Add(before.TryGetValue(read, out var known) ? known : new ImportRow(source, read));
            }
        }

        Rows = rows;
    }
}

/// <summary>A file to import, or a pasted text.</summary>
public sealed class ImportSource
{
    /// <summary>The file's name; empty for a pasted text.</summary>
    public required string Name { get; init; }

    /// <summary>Its bytes; null where they did not arrive.</summary>
    public byte[]? Content { get; init; }

    /// <summary>What it was read as.</summary>
    public PromptFormat? Format { get; set; }

    /// <summary>What is in it; null where it could not be read.</summary>
    public ReadFile? File { get; set; }

    /// <summary>Why nothing, or not everything, can be imported from it.</summary>
    public string? Problem { get; set; }

    /// <summary>What to call it.</summary>
    public string Called => Name.Length == 0 ? "Pasted text" : Name;
}

/// <summary>A prompt that can be imported.</summary>
/// <param name="source">Where it was found.</param>
/// <param name="read">What was found.</param>
public sealed class ImportRow(ImportSource source, ReadPrompt read)
{
    /// <summary>Where it was found.</summary>
    public ImportSource Source { get; } = source;

    /// <summary>What was found.</summary>
    public ReadPrompt Read { get; } = read;

    /// <summary>What the prompt is to be called that is made of it: the same at every attempt until one has succeeded.</summary>
    public Guid Id { get; private set; } = Guid.CreateVersion7();

    /// <summary>Whether it is ticked.</summary>
    public bool Selected { get; set; } = true;

    /// <summary>Where the same text is already; null where it is new.</summary>
    public string? Known { get; set; }

    /// <summary>It was imported: imported once more, after that was taken back, it is another prompt.</summary>
    public void Renew() => Id = Guid.CreateVersion7();
}

/// <summary>An import that happened.</summary>
/// <param name="Ids">What was made of the prompts.</param>
/// <param name="Rows">What was imported.</param>
/// <param name="LeftOut">How many were not ticked.</param>
/// <param name="Troubled">The files that could not be read, or not whole.</param>
public sealed record ImportDone(IReadOnlyList<Guid> Ids, IReadOnlyList<ImportRow> Rows, int LeftOut, IReadOnlyList<ImportSource> Troubled)
{
    /// <summary>How many were taken back; null while nobody asked for it.</summary>
    public int? Undone { get; init; }
}
