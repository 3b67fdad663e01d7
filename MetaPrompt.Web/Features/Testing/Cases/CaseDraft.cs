using System.Text.Encodings.Web;
using System.Text.Json;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting.Assertions;

namespace MetaPrompt.Web.Features.Testing.Cases;

/// <summary>A test case on the page. A change makes another one: which were changed is told by which are not the same any more.</summary>
public sealed record CaseDraft
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The case.</summary>
    public required Guid Id { get; init; }

    /// <summary>May be empty: the page then shows its number.</summary>
    public string Name { get; init; } = "";

    /// <summary>Values by variable, also of variables that the template does not have any more.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What is asked of the answers to this case alone.</summary>
    public IReadOnlyList<Assertion> Assertions { get; init; } = [];

    /// <summary>What is filled in; empty where nothing is.</summary>
    public string Value(string variable) => Values.GetValueOrDefault(variable) ?? "";

    /// <summary>The same with another value.</summary>
    public CaseDraft With(string variable, string value)
    {
        var values = new Dictionary<string, string>(Values, StringComparer.Ordinal);
        if (value.Length > 0)
            values[variable] = value;
        else
            values.Remove(variable);
        return this with { Values = values };
    }

    /// <summary>As it is kept.</summary>
    public TestCase Row(int position) => new()
    {
        Id = Id,
        Name = Name,
        VariableValues = JsonSerializer.Serialize(Values, Readable),
        Assertions = AssertionJson.Write(Assertions),
        Position = position,
    };

    /// <summary>From what was kept.</summary>
    public static CaseDraft Of(TestCase row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new CaseDraft { Id = row.Id, Name = row.Name, Values = TestForm.ReadValues(row.VariableValues), Assertions = AssertionJson.Read(row.Assertions) };
    }
}
