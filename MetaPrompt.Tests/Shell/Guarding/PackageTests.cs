using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace MetaPrompt.Tests.Shell.Guarding;

/// <summary>
/// What is built in: every package, with those it brings, is locked with the hash of its content, says a licence that is known
/// here, and is named in the lock file by one version. Known holes are NuGet's to tell: <c>script/audit</c>.
/// </summary>
public sealed class PackageTests
{
    // What these ask of whoever hands the program on: to name them. MPL-2.0 is of tests only.
    private static readonly string[] Licences = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "PostgreSQL", "MS-PL OR Apache-2.0"];

    // Packages that say theirs in a file or not at all, as read by a person.
    private static readonly Dictionary<string, string> Read = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The projects.</summary>
    public static TheoryData<string> Projects => ["MetaPrompt.Data", "MetaPrompt.Web", "MetaPrompt.Tests"];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_package_has_a_known_licence_and_a_hash(string project)
    {
        var packages = Locked(project).ToList();
        Assert.NotEmpty(packages);
        var unknown = packages.Select(package => (package, Licence: LicenceOf(package)))
            .Where(one => !Licences.Contains(one.Licence) && !(project == "MetaPrompt.Tests" && one.Licence == "MPL-2.0"))
            .Select(one => $"{one.package.Name} {one.package.Version}: {one.Licence ?? "none"}");

        Assert.Empty(unknown);
        Assert.All(packages, package => Assert.Equal(64, Convert.FromBase64String(package.Hash).Length));
        Assert.Equal(packages.Count, packages.Select(package => package.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void What_the_project_names_is_what_is_locked(string project)
    {
        var versions = XDocument.Load(Path.Combine(ArchitectureTests.Repository, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(one => (string)one.Attribute("Include")!, one => (string)one.Attribute("Version")!, StringComparer.OrdinalIgnoreCase);
        var named = XDocument.Load(Path.Combine(ArchitectureTests.Repository, project, project + ".csproj")).Descendants("PackageReference").Select(one => (string)one.Attribute("Include")!).ToList();
        var locked = Locked(project).ToDictionary(one => one.Name, one => one.Version, StringComparer.OrdinalIgnoreCase);

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Equal(versions[name], locked[name]));
    }

    private static IEnumerable<(string Name, string Version, string Hash)> Locked(string project)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(ArchitectureTests.Repository, project, "packages.lock.json")));
        foreach (var package in json.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()))
        {
            if (package.Value.GetProperty("type").GetString() != "Project")
                yield return (package.Name, package.Value.GetProperty("resolved").GetString()!, package.Value.GetProperty("contentHash").GetString()!);
        }
    }

    // What NuGet unpacked when it restored this very build.
    private static string? LicenceOf((string Name, string Version, string Hash) package)
    {
        var folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named ? named : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var id = package.Name.ToLowerInvariant();
        var about = XDocument.Load(Path.Combine(folder, id, package.Version.ToLowerInvariant(), id + ".nuspec"));
        var licence = about.Descendants().FirstOrDefault(one => one.Name.LocalName == "license");
        return (string?)licence?.Attribute("type") == "expression" ? licence!.Value : Read.GetValueOrDefault(package.Name);
    }
}
