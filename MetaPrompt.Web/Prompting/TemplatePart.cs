namespace MetaPrompt.Web.Prompting;

/// <summary>A stretch of a template's text; parts follow each other without a gap.</summary>
/// <param name="Start">Index of the first character in <see cref="PromptTemplate.Text"/>.</param>
/// <param name="Length">How many characters the part takes there.</param>
public abstract record TemplatePart(int Start, int Length);

/// <summary>Text that stays as it is.</summary>
/// <param name="Start">Index of the first character.</param>
/// <param name="Length">How many characters it takes in the template, backslashes of escapes included.</param>
/// <param name="Text">The text with <c>\{{</c> already read as <c>{{</c>.</param>
public sealed record TextPart(int Start, int Length, string Text) : TemplatePart(Start, Length);

/// <summary>A placeholder.</summary>
/// <param name="Start">Index of its first brace.</param>
/// <param name="Length">How many characters it takes, braces and inner spaces included.</param>
/// <param name="Name">The variable's name.</param>
public sealed record VariablePart(int Start, int Length, string Name) : TemplatePart(Start, Length);
