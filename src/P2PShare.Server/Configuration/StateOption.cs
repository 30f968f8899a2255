using System.CommandLine;

namespace P2PShare.Server.Configuration;

/// <summary>Where the server's key and its members are kept, for the server itself and for the commands beside it.</summary>
internal static class StateOption
{
    /// <param name="description">What it does, and its default.</param>
    public static Option<string?> Create(string description)
    {
        var option = new Option<string?>("--state") { Description = description, HelpName = "DIR" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }])
                result.AddError("--state takes a folder.");
        });
        return option;
    }
}
