using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Shared;

/// <summary>What people call the kinds of variables.</summary>
public static class VariableWords
{
    /// <summary>The words for a type, in lower case.</summary>
    public static string Type(VariableType type) => type switch
    {
        VariableType.LongText => "long text",
        VariableType.Number => "number",
        VariableType.Choice => "choice",
        VariableType.YesNo => "yes or no",
        VariableType.Date => "date",
        VariableType.Json => "JSON",
        _ => "text",
    };
}
