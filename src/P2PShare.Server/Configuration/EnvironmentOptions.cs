using System.CommandLine;

namespace P2PShare.Server.Configuration;

/// <summary>
/// Takes from the environment what the command line does not give: <c>P2PSHARE_SERVER_MAX_FILES=5</c> is <c>--max-files 5</c>. A variable
/// that is empty counts as not set.
/// </summary>
/// <param name="command">Has one argument, and options.</param>
/// <param name="configuration">How words are parsed.</param>
/// <param name="variable">Returns a variable's value, or null.</param>
internal sealed class EnvironmentOptions(RootCommand command, ParserConfiguration configuration, Func<string, string?> variable)
{
    /// <summary>What every variable's name begins with.</summary>
    public const string Prefix = "P2PSHARE_SERVER_";

    // Stands for the argument where an option is parsed alone.
    private const string AnyArgument = "0";

    /// <summary>The variable of an argument or option.</summary>
    public static string NameOf(Symbol symbol) => Prefix + symbol.Name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>Parses the words of the command line, and the variables of what they do not say.</summary>
    /// <param name="words">The command line.</param>
    /// <param name="culprit">The variable that the result's errors are about; null where they are about the command line.</param>
    public ParseResult Parse(string[] words, out string? culprit)
    {
        culprit = null;
        var result = command.Parse(words, configuration);
        if (command.Options.Any(option => option.Action is { } action && ReferenceEquals(action, result.Action)))
            return result;
        var missing = command.Arguments.Where(argument => result.GetResult(argument) is not { Tokens.Count: > 0 })
            .Concat<Symbol>(command.Options.Where(
                option => option.Action is null && result.GetResult(option) is null or { Implicit: true }));
        var isExtended = false;
        foreach (var symbol in missing)
        {
            if (variable(NameOf(symbol)) is not { Length: > 0 } value)
                continue;

            // Alone first, so that an error is known to be this variable's.
            var word = WordOf(symbol, value);
            var alone = command.Parse(symbol is Option ? [AnyArgument, word] : [word], configuration);
            if (alone.Errors.Count > 0)
            {
                culprit = NameOf(symbol);
                return alone;
            }

            words = [word, .. words];
            isExtended = true;
        }

        return isExtended ? command.Parse(words, configuration) : result;
    }

    private static string WordOf(Symbol symbol, string value) => symbol switch
    {
        Option<bool> => $"{symbol.Name}={value switch { "1" => "true", "0" => "false", _ => value }}",
        Option => $"{symbol.Name}={value}",
        _ => value,
    };
}
