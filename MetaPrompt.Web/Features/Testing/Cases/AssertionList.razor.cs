using MetaPrompt.Web.Prompting.Assertions;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Features.Testing.Cases;

/// <summary>Checks that can be typed, added and taken away; see the markup.</summary>
public sealed partial class AssertionList
{
    private readonly List<Guid> _keys = [];
    private int _added;
    private bool _enter;

    // A reference is taken when its element is made: the last one made is the field of the check that was added.
    private ElementReference _newest;

    /// <summary>The checks; its own copy is the newer one while somebody types.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<Assertion> Assertions { get; set; } = [];

    /// <summary>What the ids of its fields begin with; unique on the page.</summary>
    [Parameter, EditorRequired]
    public string IdPrefix { get; set; } = "";

    /// <summary>What these checks belong to, for who does not see it.</summary>
    [Parameter]
    public string Label { get; set; } = "Checks";

    /// <summary>The models that can judge, the one that does where nobody chose first; then those whose key cannot be read.</summary>
    [Parameter]
    public IReadOnlyList<JudgeModel> Models { get; set; } = [];

    /// <summary>Raised with every key; whoever keeps them waits a moment.</summary>
    [Parameter]
    public EventCallback<IReadOnlyList<Assertion>> OnChanged { get; set; }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_enter)
            return;
        _enter = false;
        try
        {
            await _newest.FocusAsync();
        }
        catch (Exception gone) when (gone is JSException or JSDisconnectedException or OperationCanceledException)
        {
            // It was taken away again, or the page is being left.
        }
    }

    // A check keeps its fields when one before it goes.
    private Guid Key(int at)
    {
        while (_keys.Count <= at)
            _keys.Add(Guid.NewGuid());
        return _keys[at];
    }

    private Task ChangeAsync(int at, Assertion changed)
    {
        Assertions = [.. Assertions.Take(at), changed, .. Assertions.Skip(at + 1)];
        return OnChanged.InvokeAsync(Assertions);
    }

    private Task RemoveAsync(int at)
    {
        Assertions = [.. Assertions.Take(at), .. Assertions.Skip(at + 1)];
        if (at < _keys.Count)
            _keys.RemoveAt(at);
        return OnChanged.InvokeAsync(Assertions);
    }

    private Task AddAsync(ChangeEventArgs args)
    {
        // A fresh list stands at its first line again.
        _added++;
        if (!Enum.TryParse<AssertionType>(args.Value as string, out var type))
            return Task.CompletedTask;
        Assertions = [.. Assertions, new Assertion { Type = type }];
        _enter = type != AssertionType.IsJson;
        return OnChanged.InvokeAsync(Assertions);
    }

    private static Assertion Retyped(Assertion check, string? name) =>
        Enum.TryParse<AssertionType>(name, out var type) ? check with { Type = type, Model = type == AssertionType.Judge ? check.Model : null } : check;

    private static bool IsEmpty(Assertion check) => string.IsNullOrWhiteSpace(check.Value) && string.IsNullOrWhiteSpace(check.Path);

    private static string? Invalid(Assertion check) => !IsEmpty(check) && AssertionCheck.Problem(check) is not null ? "true" : null;

    private static string NumberLabel(AssertionType type) => type switch
    {
        AssertionType.LatencyAtMost => "Milliseconds",
        AssertionType.CostAtMost => "US dollars",
        AssertionType.WordsAtMost or AssertionType.WordsAtLeast => "Words",
        _ => "Tokens",
    };
}
