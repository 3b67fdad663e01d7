using System.Reflection;
using MetaPrompt.Data.Templates;
using Npgsql;

namespace MetaPrompt.Web.Starter;

/// <summary>
/// The templates that every gallery begins with, written for MetaPrompt and published by a built-in author. They are the
/// files beside this class, carried inside the program.
/// </summary>
public static class StarterGallery
{
    private const string Prefix = "starter/";
    private const string Suffix = ".md";

    private static readonly Lazy<IReadOnlyList<StarterTemplate>> Templates = new(Read);

    /// <summary>
    /// Who the templates are by. A row of <c>public.users</c> alone: there is no account behind it to sign in to, and the
    /// address ends in a domain (RFC 2606) that can never receive mail.
    /// </summary>
    public static StarterAuthor Author { get; } =
        new(StarterIds.Of("author"), "starter-gallery@metaprompt.invalid", "MetaPrompt");

    /// <summary>All starter templates, ordered by slug.</summary>
    /// <exception cref="FormatException">A file cannot be read; the message names it.</exception>
    public static IReadOnlyList<StarterTemplate> All => Templates.Value;

    /// <summary>
    /// Puts the starter templates into the gallery: adds new ones, rewrites those whose file has changed, leaves out those
    /// that an administrator deleted. Can run at every start and on several nodes at once.
    /// </summary>
    /// <param name="owner">Connects as the owner of the tables (the migrator's login).</param>
    /// <param name="cancellationToken">Nothing is changed when it is cancelled.</param>
    public static Task<StarterFill> FillAsync(NpgsqlDataSource owner, CancellationToken cancellationToken) =>
        FillAsync(owner, All, cancellationToken);

    internal static Task<StarterFill> FillAsync(
        NpgsqlDataSource owner, IEnumerable<StarterTemplate> templates, CancellationToken cancellationToken) =>
        new StarterQueries(owner).FillAsync(Author, [.. templates.Select(template => template.ToRow())], cancellationToken);

    private static IReadOnlyList<StarterTemplate> Read()
    {
        var assembly = typeof(StarterGallery).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => StarterFile.Read(name[Prefix.Length..^Suffix.Length], Text(assembly, name))),
        ];
    }

    private static string Text(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
