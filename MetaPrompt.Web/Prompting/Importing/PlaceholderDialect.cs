namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>How a format writes placeholders and literal braces.</summary>
internal enum PlaceholderDialect
{
    /// <summary>Our own: Markdown.</summary>
    Own,

    /// <summary><c>{{name}}</c> and nothing else; braces cannot be escaped. GitHub Models, Langfuse.</summary>
    Plain,

    /// <summary>Jinja and Nunjucks: <c>{{ name }}</c>, a literal as <c>{{ "{{" }}</c>. Prompty, promptfoo.</summary>
    Jinja,

    /// <summary>Handlebars and Mustache: <c>{{name}}</c>, a literal as <c>\{{</c>. Dotprompt.</summary>
    Handlebars,
}

/// <summary>Builds a template of ours from literal text and variables.</summary>
internal sealed class TemplateBuilder
{
    private const int MaxNotes = 50;

    private readonly System.Text.StringBuilder _template = new();
    private readonly System.Text.StringBuilder _literal = new();
    private readonly Dictionary<string, PromptVariable> _found = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];

    /// <summary>The names as the file wrote them, with what is known of them.</summary>
    public IReadOnlyDictionary<string, PromptVariable> Found => _found;

    /// <summary>What was changed or kept as text, a sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public void Text(ReadOnlySpan<char> text) => _literal.Append(text);

    /// <summary>Text in our own language, as it is.</summary>
    public void Own(string template)
    {
        Flush();
        _template.Append(template);
    }

    /// <summary>Drops the blanks right before this place, as a whitespace mark of the source asks.</summary>
    public void TrimBefore()
    {
        while (_literal.Length > 0 && char.IsWhiteSpace(_literal[^1]))
            _literal.Length--;
    }

    /// <summary>A variable under the name the file gives it; false where no name can be made of it.</summary>
    public bool Variable(string written, string? value = null)
    {
        var name = PromptTemplate.IsName(written) ? written : VariableNames.Normalise(written);
        if (name.Length == 0)
            return false;
        if (_literal.Length > 0 && _literal[^1] == '\\')
        {
            // A backslash right before a placeholder is our escape: there is no other way to write both.
            _literal.Append(' ');
            Note($"a space was put between a backslash and {PromptTemplate.Placeholder(name)}, which it would have hidden");
        }

        Flush();
        _template.Append(PromptTemplate.Placeholder(name));
        if (!_found.TryGetValue(name, out var known))
        {
            _found[name] = new PromptVariable { Name = name, Label = name == written ? null : written, Default = value };
            if (name != written)
                Note($"the placeholder “{Lines.Shorten(written, 60)}” is now {PromptTemplate.Placeholder(name)}");
        }
        else if (known.Default is null && value is not null)
        {
            _found[name] = known with { Default = value };
        }

        return true;
    }

    public void Note(string note)
    {
        if (_notes.Count < MaxNotes && !_notes.Contains(note, StringComparer.Ordinal))
            _notes.Add(note);
    }

    /// <summary>Text that the other tool would have computed: it stays as it is written, and is told.</summary>
    public void Kept(ReadOnlySpan<char> text)
    {
        _literal.Append(text);
        if (_notes.Count < MaxNotes)
            Note($"{Lines.Shorten(Lines.Collapse(text[..Math.Min(text.Length, 60)].ToString()), 40)} is no variable and stays as text");
    }

    public string Template()
    {
        Flush();
        return _template.ToString();
    }

    private void Flush()
    {
        _template.Append(PromptTemplate.Escape(_literal.ToString()));
        _literal.Clear();
    }
}
