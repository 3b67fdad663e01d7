namespace MetaPrompt.Web.Prompting;

/// <summary>
/// A template that is being edited, with all that is known of its variables. It never changes: each edit is a new one. Details
/// of a variable outlive its last placeholder, so that whoever cuts and pastes, or undoes, has them again.
/// </summary>
public sealed class EditedTemplate
{
    /// <summary>A template with the variables as they were declared.</summary>
    public EditedTemplate(string text, IEnumerable<PromptVariable> declared)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(declared);
        Text = text;
        Declared = [.. declared.DistinctBy(variable => variable.Name, StringComparer.Ordinal)];
        Variables = PromptVariables.Reconcile(text, Declared);
    }

    /// <summary>Nothing yet.</summary>
    public static EditedTemplate Empty { get; } = new("", []);

    /// <summary>The template.</summary>
    public string Text { get; }

    /// <summary>The variables that the template uses, in the order of first use.</summary>
    public IReadOnlyList<PromptVariable> Variables { get; }

    /// <summary>What is known of variables, those that the template uses no more included.</summary>
    public IReadOnlyList<PromptVariable> Declared { get; }

    /// <summary>Other words; what is known of variables stays.</summary>
    public EditedTemplate Write(string text) => text == Text ? this : new(text, All);

    /// <summary>A finding's repair; variables that it brings along are declared where they were not.</summary>
    public EditedTemplate Apply(Mend mend)
    {
        ArgumentNullException.ThrowIfNull(mend);
        return new(mend.Template, [.. All, .. mend.Variables]);
    }

    /// <summary>Changes a variable's details; where its name is another, it is renamed everywhere.</summary>
    /// <param name="name">Its name until now.</param>
    /// <param name="changed">What it is to be.</param>
    /// <param name="problem">Why its name cannot be that, in words; null where it was done.</param>
    public EditedTemplate Change(string name, PromptVariable changed, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(changed);
        problem = changed.Name == name ? null
            : NameProblem(changed.Name) ?? (Variables.Any(other => other.Name == changed.Name) ? $"There is already a variable {PromptTemplate.Placeholder(changed.Name)}." : null);
        if (problem is not null)
            return this;
        var text = changed.Name == name ? Text : PromptTemplate.Parse(Text).Rename(name, changed.Name);
        // The old name stays known: undoing the change in the text brings it back with its details.
        return new(text, [changed, .. All.Where(variable => variable.Name != changed.Name && (changed.Name != name || variable.Name != name))]);
    }

    /// <summary>What is wrong with a name, in words; null where a variable can be called that.</summary>
    public static string? NameProblem(string name) => PromptTemplate.IsName(name) ? null
        : name.Length > PromptTemplate.MaxNameLength ? $"A name has at most {PromptTemplate.MaxNameLength} characters."
        : "Use letters, digits and _ only, and start with a letter.";

    /// <summary>Makes a variable of words in the text, which become its default or, where they are long, its example.</summary>
    /// <param name="start">Where the words begin.</param>
    /// <param name="length">How many characters; blanks around the words stay in the text.</param>
    /// <param name="name">The variable's name; one that exists already gets another place.</param>
    /// <param name="everywhere">Whether each place with the same words becomes the variable.</param>
    /// <param name="problem">Why it cannot be, in words; null where it was done.</param>
    public EditedTemplate MakeVariable(int start, int length, string name, bool everywhere, out string? problem)
    {
        var words = TemplateSelection.Of(Text, start, length);
        problem = words.Problem ?? NameProblem(name);
        if (problem is not null)
            return this;
        var text = words.Replace(everywhere ? words.Places : [words.Start], PromptTemplate.Placeholder(name));
        // Filled in with its own words the template must say what it said: a backslash before the braces would make them text.
        var value = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = words.Literal };
        if (PromptTemplate.Parse(text).Resolve(value) != PromptTemplate.Parse(Text).Resolve(value))
        {
            problem = "A variable cannot stand there: the sign before it would make its braces plain text.";
            return this;
        }

        if (All.Any(variable => variable.Name == name))
            return new(text, All);
        var made = new PromptVariable { Name = name, Type = VariableGuess.TypeOf(name, words.Literal) };
        made = made.Type is VariableType.LongText or VariableType.Json ? made with { Example = words.Literal } : made with { Default = words.Literal };
        return new(text, [.. All, made]);
    }

    // Those in use first: a variable that the text brought in by itself is known from then on.
    private IEnumerable<PromptVariable> All => Variables.Concat(Declared).DistinctBy(variable => variable.Name, StringComparer.Ordinal).Take(PromptVariables.MaxCount * 2);
}
