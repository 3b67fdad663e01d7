using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting;

/// <summary>Reads a goal in a person's own words: what kind of task it is and what it settles already. By rules, in milliseconds.</summary>
public static class GoalReader
{
    /// <summary>Reads any text; never fails. Cues are English: a goal in another language is read as a text to write.</summary>
    public static GoalReading Read(string goal)
    {
        ArgumentNullException.ThrowIfNull(goal);
        var anatomy = GoalAnatomy.Of(goal);
        return new GoalReading
        {
            Goal = goal,
            Kind = anatomy.Kind,
            KindIsClear = anatomy.KindIsClear,
            Thing = anatomy.Thing,
            Inputs = anatomy.Materials.Select(material => material.Name).ToList(),
            FilledSlots = anatomy.Filled,
            Language = anatomy.Language,
        };
    }
}
