using MetaPrompt.Data.Accounts;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Account;

/// <summary>Uploads or removes the person's picture. Kept as it came: what is in it beside the picture stays in it.</summary>
public sealed partial class AvatarForm : ComponentBase
{
    private readonly FormErrors _errors = new();

    /// <summary>Whose picture.</summary>
    [Parameter, EditorRequired] public Profile Profile { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "picture")]
    private IFormFile? Picture { get; set; }

    private async Task SaveAsync()
    {
        if (Picture is null or { Length: 0 })
        {
            _errors.Add(nameof(Picture), "Choose a file first.");
            return;
        }

        if (Picture.Length > AvatarQueries.MaxBytes)
        {
            _errors.Add(nameof(Picture), $"That file has {(Picture.Length + 1023) / 1024:N0} KB, and {AvatarQueries.MaxBytes / 1024} KB is the most. Make the picture smaller: 256 by 256 pixels is plenty.");
            return;
        }

        var stop = Page.Http.RequestAborted;
        using var bytes = new MemoryStream((int)Picture.Length);
        await Picture.CopyToAsync(bytes, stop);
        var image = bytes.ToArray();
        if (AvatarImage.MediaType(image) is not { } mediaType)
        {
            _errors.Add(nameof(Picture), "That file is no PNG, JPEG or WebP picture, whatever its name says. Choose another one.");
            return;
        }

        await Avatars.SaveAsync(Page.Http.User.Caller(), mediaType, image, stop);
        Sessions.Forget(Profile.Id);
        Navigation.NavigateTo("/account?done=picture");
    }

    private async Task RemoveAsync()
    {
        await Avatars.RemoveAsync(Page.Http.User.Caller(), Page.Http.RequestAborted);
        Sessions.Forget(Profile.Id);
        Navigation.NavigateTo("/account?done=no-picture");
    }
}
