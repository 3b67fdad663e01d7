using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.JSInterop;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// Writes the arguments of a script's call, each by its own type alone: it spares an open page 50 KiB of the server's memory.
/// </summary>
/// <remarks>
/// Every circuit has serializer options of its own, and with them tables of its own for each type that was written. The
/// serializer writes a value that is passed as an <see cref="object"/> only after it has made such tables for all of its base
/// types and interfaces too, in search of one with derived types declared: for the <see cref="int"/> and the two empty
/// dictionaries that Blazor passes to every page as it opens, more than fifty. What is lost is that declaration
/// (<see cref="JsonPolymorphicAttribute"/>) on a base type or interface of an argument; within an argument it is heeded.
/// </remarks>
internal sealed class ScriptArguments : JsonConverter<object?[]>
{
    internal static readonly ScriptArguments Shared = new();

    /// <summary>Has all circuits write so. After <c>AddInteractiveServerComponents</c>.</summary>
    /// <exception cref="InvalidOperationException">Blazor is made in another way than this knows: it belongs thought over, or out.</exception>
    public static void AddTo(IServiceCollection services)
    {
        // Not around what is no JSRuntime of Blazor's: the circuit wants the very type that it registered.
        var blazors = services.Last(service => service.ServiceType == typeof(IJSRuntime));
        if (blazors is not { ImplementationType: { } type, Lifetime: ServiceLifetime.Scoped } || !type.IsSubclassOf(typeof(JSRuntime)))
            throw new InvalidOperationException($"Blazor registers its {nameof(IJSRuntime)} in another way than {nameof(ScriptArguments)} knows. Without that class pages work as well, and hold more memory.");

        var make = ActivatorUtilities.CreateFactory(type, []);
        services.AddScoped<IJSRuntime>(scope =>
        {
            var runtime = (JSRuntime)make(scope, null);
            Options(runtime).Converters.Add(Shared);
            return runtime;
        });
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object?[] value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var argument in value)
        {
            switch (argument)
            {
                case null:
                    writer.WriteNullValue();
                    break;
                // Tables for what is in it are not needed to say that nothing is.
                case IDictionary { Count: 0 }:
                    writer.WriteStartObject();
                    writer.WriteEndObject();
                    break;
                default:
                    JsonSerializer.Serialize(writer, argument, argument.GetType(), options);
                    break;
            }
        }

        writer.WriteEndArray();
    }

    /// <inheritdoc/>
    public override object?[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        [.. JsonSerializer.Deserialize<List<object?>>(ref reader, options)!];

    // Theirs to derived classes, of which Blazor's own is closed.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_JsonSerializerOptions")]
    private static extern JsonSerializerOptions Options(JSRuntime runtime);
}
