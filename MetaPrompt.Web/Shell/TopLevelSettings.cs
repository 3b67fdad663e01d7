using Microsoft.Extensions.Configuration.Json;

namespace MetaPrompt.Web.Shell;

/// <summary>Adds the one <c>appsettings.json</c>: the checkout's top level, or the copy beside a published program.</summary>
public static class TopLevelSettings
{
    /// <summary>Puts it below environment variables and the command line, which override it.</summary>
    public static void Add(WebApplicationBuilder builder)
    {
        var source = new JsonConfigurationSource { Path = Find(builder.Environment.ContentRootPath), Optional = false };
        source.ResolveFileProvider();
        var sources = builder.Configuration.Sources;
        var last = sources.OfType<JsonConfigurationSource>().LastOrDefault();
        sources.Insert(last is null ? 0 : sources.IndexOf(last) + 1, source);
    }

    private static string Find(string contentRoot)
    {
        for (var folder = new DirectoryInfo(contentRoot); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MetaPrompt.sln")))
                return Path.Combine(folder.FullName, "appsettings.json");
        }

        return Path.Combine(AppContext.BaseDirectory, "appsettings.json");
    }
}
