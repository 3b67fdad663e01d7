using MetaPrompt.Web.Shell;
using Microsoft.AspNetCore.OutputCaching;

namespace MetaPrompt.Web.Shared;

/// <summary>
/// What is in the gallery has changed on this node: kept pages and counts go, so that who published something finds it there
/// at once. Other nodes follow when theirs expire.
/// </summary>
public sealed class GalleryChanged(IOutputCacheStore pages, CategoryCache categories)
{
    /// <summary>Throws away every kept page of the gallery and the category counts.</summary>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        categories.Forget();
        await pages.EvictByTagAsync(VisitorPages.GalleryTag, cancellationToken);
    }
}
