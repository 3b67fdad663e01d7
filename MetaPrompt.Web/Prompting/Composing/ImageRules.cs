using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>A description for an image model: one paragraph of what is seen, then how it is framed and lit, then what to keep out.</summary>
internal sealed partial class ImageRules : KindRules
{
    private static bool IsMark(GoalAnatomy goal) => goal.Mentions("logos?|icons?|stickers?|avatars?|mascots?|emblems?|favicon|badge");

    private static bool IsPhoto(GoalAnatomy goal) => goal.Mentions("photos?|photographs?|photorealistic|product shots?|portrait photo|headshots?");

    public override IEnumerable<Topic> Topics(GoalAnatomy goal, AnswerBook answers)
    {
        var mark = IsMark(goal);
        yield return new Topic
        {
            Id = "subject", Slot = Slots.Scope, Ask = $"What must one see at first glance in {goal.The}?",
            Why = "An image model gives every named thing the same weight unless one leads.",
            Options = mark
                ? [new("One simple symbol", "One simple symbol, recognisable as a silhouette at 16 pixels."), new("A letter or the name", "The lettering {{text_in_image}} and nothing else, drawn so that one letter carries the idea."), new("A friendly character", "A friendly character with one exaggerated feature, readable when small."), new("Different each time", "At the centre: {{subject}}.")]
                : [new("One subject, everything else quiet", "One subject leads, sharp and large; everything else is quieter in colour and detail."), new("A moment between two", "A moment between two figures or things: the space between them is the centre."), new("A place with a mood", "The place leads; a small figure or object in it gives the scale."), new("Different each time", "At the centre: {{subject}}.")],
            Assume = mark ? "Assume one simple symbol, recognisable as a silhouette at 16 pixels." : "Assume one subject leads, sharp and large, with quiet surroundings.",
            Own = reply => reply.Into("At first glance one sees {0}; everything else serves it.", "This is what one sees first; everything else serves it"),
        };
        yield return new Topic
        {
            Id = "style", Slot = Slots.Tone, Ask = $"In which style should {goal.The} be?",
            Why = "Style decides more of the result than every other word together.",
            Options = mark
                ? [new("Flat, two colours", "Flat vector shapes in two colours, even line weight, no gradients."), new("Hand-drawn", "Hand-drawn with a brush pen: slightly uneven line, one colour."), new("Geometric", "Built of circles and straight lines on a visible grid, one accent colour."), new("Vintage badge", "A vintage badge: engraved hatching, dark ink on cream.")]
                : [new(IsPhoto(goal) ? "Natural photograph" : "Soft watercolour", IsPhoto(goal) ? "A natural photograph, 50 mm lens, true colours, slight grain." : "Soft watercolour on rough paper: visible pigment edges, white left for light."), .. IsPhoto(goal)
                        ? (Option[])[new("Studio product shot", "A studio product shot: seamless background, every edge sharp, true material colours."), new("Documentary", "A documentary photograph: available light, nothing arranged, slight motion where things move."), new("Black and white", "A black and white photograph: full range from deep black to paper white, visible grain.")]
                        : [new("Flat illustration", "A flat illustration: few shapes, five colours, no outlines."), new("Cinematic", "A cinematic still: wide lens, strong depth, teal shadows and warm highlights."), new("Pencil sketch", "A pencil sketch: loose construction lines, shading only around the centre.")]],
            Assume = mark ? "Assume flat vector shapes in two colours." : IsPhoto(goal) ? "Assume a natural photograph with true colours." : "Assume a flat illustration with few shapes and five colours.",
            Own = reply => reply.IsPhrase ? $"Render it as {English.WithArticle(reply.Inner)} throughout, with nothing of another style." : reply.After("Render it in this style"),
        };
        // Moonlight is light: a goal that says which is not asked, and nothing is assumed against it.
        if (mark || !goal.Mentions("moonlight|moonlit|sunlight|sunlit|candle\\w*|neon|golden hour|sunset|sunrise|dusk|dawn|twilight|night|lamplight|backlit|daylight|firelight|starlight|noon"))
            yield return new Topic
        {
            Id = "light", Slot = Slots.Criteria, Ask = mark ? "Which colours, on which background?" : "What are light and mood like?",
            Why = mark ? "A mark has to work on its background first." : "Light makes the mood; adjectives for mood do little.",
            Options = mark
                ? [new("One colour on white", "One strong colour on plain white; it must also work in black."), new("Light on dark", "Light shapes on a dark plain background."), new("Our brand colours", "Only these colours: {{colours}}, on plain white.")]
                : [new("Soft morning light", "Soft morning light from the left, long pale shadows, thin haze."), new("Bright and even", "Bright even light as in a studio, soft shadow directly below."), new("Evening, warm windows", "Blue evening light outside, warm light from windows as the only accent."), new("Dramatic side light", "Hard light from one side, half of the scene in shadow.")],
            Assume = mark ? "Assume one strong colour on plain white." : "Assume soft daylight from the left.",
            Own = reply => reply.Into(mark ? "Colours and background: {0}." : "Light the scene like this: {0}.", mark ? "Choose colours and background like this" : "Light the scene like this"),
        };
        if (!mark)
            yield return new Topic
            {
                Id = "framing", Slot = Slots.Example, Ask = "From where does one look?",
                Why = "Distance and height of the eye decide what the picture is about.",
                Options = [new("Eye level, three steps away", "Seen at eye level from three steps away, subject a third from the left."), new("Close up", "Seen from very near: the subject fills the frame and its edges are cut."), new("From above", "Seen straight from above, things laid out with space between them."), new("Wide, from far", "Seen from far: the subject takes a tenth of the frame, the place the rest.")],
                Assume = "Assume eye level, three steps away.",
                Own = reply => reply.After("Frame it like this"),
            };
        yield return new Topic
        {
            Id = "use", Slot = Slots.Format, Ask = $"Where will {goal.The} be used?",
            Why = "It decides shape, empty space and how much detail survives.",
            Options = mark
                ? [new("App icon and website", "Square, 1:1, centred with a tenth of margin all round."), new("Shop sign and print", "Wide, 2:1, lines thick enough to be cut from foil."), new("Sticker or shirt", "Round composition, 1:1, with an even outline to cut along.")]
                : [new("Web page header", "Wide, 16:9, with calm empty space on the right for text."), new("Social media", "Upright, 4:5, readable at the size of a thumbnail."), new("Print or poster", "Upright, 2:3, fine detail welcome, a finger's width of margin."), new("Slide", "Wide, 16:9, contrast that survives a weak projector.")],
            Assume = mark ? "Assume a square format, 1:1, centred with margin." : "Assume a wide format, 16:9, with calm space on one side.",
            Own = reply => reply.Into("Compose it for {0}: choose the aspect ratio that fits and name it.", "Compose it for this use, and name the aspect ratio"),
            Open = "Name the aspect ratio.",
        };
        yield return new Topic
        {
            Id = "avoid", Slot = Slots.Constraints, Ask = $"What must not be in {goal.The}?",
            Why = "Image models add text, logos and extra people unless told otherwise.",
            Options = [new("Text and logos", "Keep it free of text, watermarks and logos: surfaces stay plain instead."), new("People", "Keep it free of people and hands: traces of them (a cup, a coat) are welcome instead."), new("Clutter", "Keep it uncluttered: at most five things in the picture, empty surfaces between them."), new("Anything artificial", "Keep textures natural: visible grain, wear and small asymmetries instead of a polished rendering.")],
            Assume = "Assume a picture without text, watermarks or logos: surfaces stay plain.",
            Own = reply => reply.IsOrder ? Prohibition.WithWayOut(reply.Sentence) : reply.Into("Keep it free of {0}: leave the place plain instead.", "Keep this out of the picture, and leave its place plain"),
        };
    }

    public override void Compose(Brief brief)
    {
        var goal = brief.Goal;
        brief.Declare(new PromptVariable { Name = "subject", Label = "Subject", Help = "Who or what, doing what.", Example = "an old bicycle leaning on a wall" });
        brief.Declare(new PromptVariable { Name = "colours", Label = "Colours", Help = "Names or codes.", Example = "dark green, cream" });
        brief.Declare(new PromptVariable { Name = "text_in_image", Label = "Lettering", Help = "The exact letters.", Example = "Nordlicht" });
        brief.Declare(new PromptVariable { Name = "details", Label = "Details", Help = "What must be in the picture: things, materials, place, season, colours.", Type = VariableType.LongText, Example = "brass lamp, oak table, rain on the window" });
        brief.Add(Task(goal));
        brief.AddLines(TemplateText.Tagged("details", "details"));
        brief.AddRest();
        brief.Add("One paragraph of plain description: what is there, what it is made of, what it does, where it is. Use every detail given. Name things one can see instead of feelings: “cracked red paint” rather than “nostalgic”.", brief.Say("subject"));
        brief.Add(brief.Say("style"), brief.Say("light"), brief.Say("framing"));
        brief.Add(brief.Say("use"), brief.Say("avoid"));
        brief.AddOtherAnswers();
        brief.Add("Where details contradict each other, follow the more specific one. If you make the image yourself, make it from that paragraph; otherwise answer with the paragraph alone, 60 to 120 words, ready to paste into an image model.");
    }

    private static string Task(GoalAnatomy goal)
    {
        if (!goal.IsEnglish)
            return $"Describe, for an image model, the picture that the goal below asks for.\n\n<goal>\n{TemplateText.Safe(goal.Goal.Trim())}\n</goal>";
        var task = MakeVerb().Replace(goal.Sentence.Task, "", 1).Trim();
        var picture = TemplateText.Safe(English.WithArticle(English.Lower(task.Length == 0 ? "image" : task)).TrimEnd('.', ' '));
        return HasNoun().IsMatch(task) ? $"Describe {picture}, as a prompt for an image model." : $"Describe a picture of {picture}, as a prompt for an image model.";
    }

    [GeneratedRegex("^(?:create|make|generate|design|produce|draw|paint|imagine|render|sketch|illustrate|visuali[sz]e|photograph|write|give|get|show|describe|build|do)\\b(?: me| us)?(?: a prompt for| an image prompt (?:for|of))?\\s*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MakeVerb();

    [GeneratedRegex("\\b(?:images?|photos?|photographs?|pictures?|logos?|illustrations?|drawings?|paintings?|portraits?|wallpapers?|icons?|posters?|sketch(?:es)?|artworks?|stickers?|tattoos?|avatars?|mascots?|thumbnails?|covers?|scenes?|watercolou?rs?|concept art|shots?|banner|badge)\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HasNoun();
}
