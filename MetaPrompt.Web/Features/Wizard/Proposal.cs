using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>
/// Another text for the template, as changes to accept or refuse one by one. Nothing changes before the person says so, and a
/// variable neither goes nor comes without their word.
/// </summary>
public sealed class Proposal
{
    private readonly HashSet<int> _accepted = [];
    private readonly HashSet<int> _refused = [];
    private readonly HashSet<string> _mayGo = new(StringComparer.Ordinal);
    private readonly HashSet<string> _mayCome = new(StringComparer.Ordinal);
    private readonly string? _section;
    private readonly string _proposed;

    /// <param name="text">The template as it is.</param>
    /// <param name="section">The section that is replaced; null for all of it.</param>
    /// <param name="composed">What is proposed in its place.</param>
    /// <param name="what">What was asked for, in words.</param>
    /// <param name="by">The model; null for the rules.</param>
    public Proposal(string text, string? section, ComposedPrompt composed, string what, string? by)
    {
        ArgumentNullException.ThrowIfNull(composed);
        (_section, _proposed, What, By) = (section, CleanText.Of(composed.Template), what, by);
        (Variables, Origins) = (composed.Variables, composed.Sections);
        Text = text;
        Hunks = Compare();
    }

    /// <summary>What was asked for.</summary>
    public string What { get; }

    /// <summary>The model that proposes it; null for the rules.</summary>
    public string? By { get; }

    /// <summary>The template it is compared with.</summary>
    public string Text { get; private set; }

    /// <summary>The changes.</summary>
    public Hunks Hunks { get; private set; }

    /// <summary>What the proposal says about its variables.</summary>
    public IReadOnlyList<PromptVariable> Variables { get; }

    /// <summary>Where the proposal's sections come from.</summary>
    public IReadOnlyList<SectionOrigin> Origins { get; }

    /// <summary>How many changes are accepted.</summary>
    public int Accepted => _accepted.Count;

    /// <summary>How many changes are neither accepted nor refused.</summary>
    public int Open => Hunks.Changes.Count - _accepted.Count - _refused.Count;

    /// <summary>The variables that would be gone, and of which the person has not said that they may.</summary>
    public IReadOnlyList<string> Losing => [.. Hunks.Lost(_accepted).Where(name => !_mayGo.Contains(name))];

    /// <summary>The variables that would be new, and of which the person has not said that they may.</summary>
    public IReadOnlyList<string> Bringing => [.. Hunks.Invented(_accepted).Where(name => !_mayCome.Contains(name))];

    /// <summary>The template with what is accepted; what is not stays as it is.</summary>
    public string Result => Hunks.Apply(_accepted);

    /// <summary>Whether a change is accepted; null while it is open.</summary>
    public bool? Decision(int number) => _accepted.Contains(number) ? true : _refused.Contains(number) ? false : null;

    /// <summary>Accepts or refuses a change; the same again takes it back.</summary>
    public void Decide(int number, bool accept)
    {
        var before = Decision(number);
        _accepted.Remove(number);
        _refused.Remove(number);
        if (before != accept)
            (accept ? _accepted : _refused).Add(number);
    }

    /// <summary>Accepts or refuses all changes.</summary>
    public void DecideAll(bool accept)
    {
        _accepted.Clear();
        _refused.Clear();
        (accept ? _accepted : _refused).UnionWith(Enumerable.Range(0, Hunks.Changes.Count));
    }

    /// <summary>The variable stays: what would lose it is refused.</summary>
    public void Keep(string variable) => Refuse(Hunks.Keeping(variable, _accepted));

    /// <summary>The variable may go.</summary>
    public void LetGo(string variable) => _mayGo.Add(variable);

    /// <summary>The new variable is welcome.</summary>
    public void Welcome(string variable) => _mayCome.Add(variable);

    /// <summary>The new variable is not wanted: what would bring it is refused.</summary>
    public void TurnAway(string variable) => Refuse(Hunks.Refusing(variable, _accepted));

    /// <summary>Compares with the template as it is now; decisions about changes that are still the same stay.</summary>
    public void Follow(string text)
    {
        if (text == Text)
            return;

        var decided = Hunks.Changes.Where(hunk => Decision(hunk.Number!.Value) is not null).DistinctBy(hunk => (hunk.Old, hunk.New))
            .ToDictionary(hunk => (hunk.Old, hunk.New), hunk => Decision(hunk.Number!.Value)!.Value);
        Text = text;
        Hunks = Compare();
        _accepted.Clear();
        _refused.Clear();
        foreach (var hunk in Hunks.Changes)
        {
            if (decided.TryGetValue((hunk.Old, hunk.New), out var accept))
                (accept ? _accepted : _refused).Add(hunk.Number!.Value);
        }
    }

    private Hunks Compare()
    {
        if (_section is null)
            return Hunks.Of(Text, _proposed);

        // A section that was changed or deleted in the meantime has no place for its proposal any more.
        var at = Text.IndexOf(_section, StringComparison.Ordinal);
        return Hunks.Of(Text, at < 0 ? Text : string.Concat(Text.AsSpan(0, at), _proposed, Text.AsSpan(at + _section.Length)));
    }

    private void Refuse(IReadOnlySet<int> left)
    {
        foreach (var number in _accepted.Except(left).ToList())
            Decide(number, false);
    }
}
