namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>How much an import takes; what the tables check is checked here first, so that it can be told kindly.</summary>
public static class ImportLimits
{
    /// <summary>Characters of a title; longer ones are cut.</summary>
    public const int Title = 255;

    /// <summary>Characters of a goal; longer ones are cut.</summary>
    public const int Goal = 20_000;

    /// <summary>Characters of a template.</summary>
    public const int Template = 500_000;

    /// <summary>Bytes of the variables as PostgreSQL writes them.</summary>
    public const int Variables = 200_000;

    /// <summary>Different variables of a prompt.</summary>
    public const int Names = 1_000;

    /// <summary>Placeholders in a text, the same one counted each time.</summary>
    public const int Placeholders = 10_000;

    /// <summary>Bytes of a file.</summary>
    public const int FileBytes = 10 * 1024 * 1024;

    /// <summary>Prompts of one import.</summary>
    public const int Prompts = 5_000;

    /// <summary>How deep YAML and JSON may be nested.</summary>
    public const int Depth = 64;

    /// <summary>How many values YAML or JSON may hold, each alias counted with all it stands for.</summary>
    public const int Nodes = 250_000;

    /// <summary>Whether the variables fit their column.</summary>
    public static bool Fit(IReadOnlyList<PromptVariable> variables)
    {
        var json = PromptVariables.ToJson(variables);
        // PostgreSQL puts a blank behind each colon and comma.
        return System.Text.Encoding.UTF8.GetByteCount(json) + json.Count(c => c is ':' or ',') <= Variables;
    }
}
