using System.CommandLine;
using System.CommandLine.Help;

namespace P2PShare.Client.Cli;

/// <summary>Options that come from the environment, where the command line does not give them.</summary>
internal static class EnvironmentOptions
{
    public const string Help =
        "Every option can also come from the environment, as in P2PSHARE_DOWNLOADS=/srv/files; the command line wins. Where an option "
        + "may be given several times, ':' separates the values (';' on Windows); a switch is set by 1 or true.";

    private const string Prefix = "P2PSHARE_";

    /// <summary>The name of the variable of an option: P2PSHARE_UPLOAD_LIMIT for --upload-limit.</summary>
    public static string VariableOf(Option option) =>
        Prefix + option.Name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    // No response files: @home is a valid user name.
    private static readonly ParserConfiguration Configuration = new() { ResponseFileTokenReplacer = null };

    /// <summary>Parses the command line, with the options of the environment before it.</summary>
    /// <param name="root">The options.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="read">Reads a variable; null where it is not set.</param>
    public static ParseResult Parse(Command root, string[] arguments, Func<string, string?> read)
    {
        var given = root.Parse(arguments, Configuration);
        var added = new List<string>();
        foreach (var option in root.Options.Where(option => option is not HelpOption and not VersionOption))
        {
            if (given.GetResult(option) is null or { Implicit: true } && read(VariableOf(option)) is { Length: > 0 } value)
                added.AddRange(Arguments(option, value));
        }

        return added.Count == 0 ? given : root.Parse([.. added, .. arguments], Configuration);
    }

    private static IEnumerable<string> Arguments(Option option, string value)
    {
        if (option is Option<bool>)
            return value is "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase) ? [option.Name] : [];
        var values = option is Option<string[]>
            ? value.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            : [value];
        return values.Select(each => $"{option.Name}={each}");
    }
}
