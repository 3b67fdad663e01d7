using System.Text.Json;

namespace MetaPrompt.Web.Prompting.Assertions;

/// <summary>A schema inside a schema, read once: what it asks of a value. What it does not ask is null.</summary>
internal sealed class SchemaNode
{
    /// <summary>For the schemas <c>true</c> and <c>false</c>.</summary>
    public bool? Always { get; set; }

    public SchemaNode? Ref { get; set; }
    public IReadOnlyList<string>? Types { get; set; }
    public IReadOnlyList<JsonElement>? Enum { get; set; }
    public JsonElement? Const { get; set; }
    public SafeRegex? Pattern { get; set; }
    public string? PatternText { get; set; }
    public string? Format { get; set; }
    public JsonElement? MultipleOf { get; set; }
    public JsonElement? Maximum { get; set; }
    public JsonElement? Minimum { get; set; }
    public JsonElement? ExclusiveMaximum { get; set; }
    public JsonElement? ExclusiveMinimum { get; set; }
    public decimal? MaxLength { get; set; }
    public decimal? MinLength { get; set; }
    public decimal? MaxItems { get; set; }
    public decimal? MinItems { get; set; }
    public bool UniqueItems { get; set; }
    public decimal? MaxContains { get; set; }
    public decimal? MinContains { get; set; }
    public decimal? MaxProperties { get; set; }
    public decimal? MinProperties { get; set; }
    public IReadOnlyList<string>? Required { get; set; }
    public Dictionary<string, IReadOnlyList<string>>? DependentRequired { get; set; }
    public Dictionary<string, SchemaNode>? DependentSchemas { get; set; }
    public Dictionary<string, SchemaNode>? Properties { get; set; }
    public IReadOnlyList<(SafeRegex Pattern, SchemaNode Schema)>? PatternProperties { get; set; }
    public SchemaNode? AdditionalProperties { get; set; }
    public SchemaNode? PropertyNames { get; set; }
    public IReadOnlyList<SchemaNode>? PrefixItems { get; set; }
    public SchemaNode? Items { get; set; }
    public SchemaNode? Contains { get; set; }
    public IReadOnlyList<SchemaNode>? AllOf { get; set; }
    public IReadOnlyList<SchemaNode>? AnyOf { get; set; }
    public IReadOnlyList<SchemaNode>? OneOf { get; set; }
    public SchemaNode? Not { get; set; }
    public SchemaNode? If { get; set; }
    public SchemaNode? Then { get; set; }
    public SchemaNode? Else { get; set; }
}
