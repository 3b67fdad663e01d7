using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;

namespace MetaPrompt.Tests.Models;

/// <summary>The grid of the tests: ten models, half of them of each API, and cases whose right answers are known.</summary>
internal static class GridPlan
{
    public static ModelSettings[] Models(string openAi, string anthropic) =>
        [.. Enumerable.Range(0, 10).Select(number => new ModelSettings
        {
            Name = $"Model {number}",
            Provider = number % 2 == 0 ? ModelSettings.OpenAi : ModelSettings.Anthropic,
            Endpoint = number % 2 == 0 ? openAi : anthropic,
            Model = $"m{number}",
            ApiKey = "sk-test",
        })];

    public static RunPlan Of(Caller person, Guid prompt, Guid runId, IReadOnlyList<ModelSettings> models, int cases) => new()
    {
        RunId = runId,
        Caller = person,
        PromptId = prompt,
        Cells =
        [
            .. from number in Enumerable.Range(0, cases)
               from model in models
               select new PlannedCell
               {
                   PromptId = prompt,
                   Model = model,
                   Temperature = 1,
                   CaseName = string.Create(CultureInfo.InvariantCulture, $"Case {number}"),
                   ResolvedPrompt = string.Create(CultureInfo.InvariantCulture, $"Case {number}"),
                   VariableValues = new Dictionary<string, string> { ["case"] = number.ToString(CultureInfo.InvariantCulture) },
               },
        ],
    };

    /// <summary>What the servers answer.</summary>
    public static ScriptedAnswer Echo(ScriptedRequest request) => ScriptedAnswer.Say("You said ", $"“{request.Prompt}”", " to ", request.Model);

    /// <summary>What a cell has to be answered.</summary>
    public static string Answer(PlannedCell cell) => $"You said “{cell.ResolvedPrompt}” to {cell.Model.Model}";

    /// <summary>The number of the case.</summary>
    public static int Number(string prompt) => int.Parse(prompt.Split(' ')[^1], CultureInfo.InvariantCulture);
}
