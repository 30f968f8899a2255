using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using P2PShare.Server.Configuration;
using P2PShare.Server.Members;

namespace P2PShare.Server.Administration;

/// <summary>The commands that change the members of a private server, whether it runs or not.</summary>
/// <param name="variable">Returns an environment variable's value, or null.</param>
/// <param name="time">The clock of invitations.</param>
internal sealed class MemberCommands(Func<string, string?> variable, TimeProvider time)
{
    private const int DefaultDays = 7;
    private const int MaxDays = 3650;

    private const string InviteWord = "invite";
    private const string MembersWord = "members";
    private const string RevokeWord = "revoke";

    /// <summary>Whether a command line is one of these commands, and not the server's.</summary>
    public static bool Are(string[] arguments) => arguments is [InviteWord or MembersWord or RevokeWord, ..];

    /// <summary>Runs a command.</summary>
    /// <param name="arguments">The words of the command line.</param>
    /// <param name="errors">Standard error.</param>
    /// <returns>The exit code.</returns>
    public int Invoke(string[] arguments, TextWriter errors)
    {
        var root = new RootCommand("The members of a private server.") { Invite(), List(), Revoke() };
        var result = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Action is not ParseErrorAction)
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        errors.WriteLine($"server: {Printable.Of(result.Errors[0].Message)} Try 'server {arguments[0]} --help'.");
        return ExitCodes.BadUsage;
    }

    private Command Invite()
    {
        var user = UserArgument("the name that the new member goes by");
        var days = new Option<int>("--days")
        {
            Description = $"The invitation can be used for so many days, 1 to {MaxDays}.",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultDays,
            CustomParser = ParseDays,
        };
        var state = StateOfServer();
        var command = new Command(InviteWord, "Print a code with which somebody joins this private server, once.") { user, days, state };
        command.SetAction(result => Run(result, state, folder => Invite(result, folder, result.GetValue(user), result.GetValue(days))));
        return command;
    }

    private Command List()
    {
        var state = StateOfServer();
        var command = new Command(MembersWord, "List the members of this private server, and the open invitations.") { state };
        command.SetAction(result => Run(result, state, folder =>
        {
            Print(new MemberFile(folder).Read(), result.InvocationConfiguration.Output);
            return null;
        }));
        return command;
    }

    private Command Revoke()
    {
        var user = UserArgument("the member's name, or that of an open invitation");
        var state = StateOfServer();
        var command = new Command(RevokeWord, "End a membership, and the sessions of that member.") { user, state };
        command.SetAction(result => Run(result, state, folder =>
        {
            var name = result.GetValue(user);
            if (!new MemberFile(folder).TryChange(list => list.Revoke(name, time.GetUtcNow())))
                return $"{Printable.Of(name.Text)} is neither a member nor invited; 'server members' lists who is.";
            var minutes = MemberRegistry.CertificateLife.TotalMinutes;
            result.InvocationConfiguration.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Printable.Of(name.Text)} is no member any more. Other members refuse it after {minutes} minutes at the latest."));
            return null;
        }));
        return command;
    }

    private string? Invite(ParseResult result, string folder, UserName user, int days)
    {
        using var key = ServerKey.Open(folder, out var problem);
        if (key is null)
            return problem;
        var now = time.GetUtcNow();
        var code = new InvitationCode(key.Fingerprint, InvitationSecret.Create());
        var invitation = new Invitation(user, code.Secret.Hash, now.AddDays(days));
        if (!new MemberFile(folder).TryChange(list => list.Invite(invitation, now)))
            return $"{Printable.Of(user.Text)} is a member already; 'server revoke' ends that.";
        var until = invitation.Until.ToLocalTime();
        result.InvocationConfiguration.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {code.Reveal()}
            Whoever has it can use it, once, until {until:yyyy-MM-dd HH:mm}: give it to {Printable.Of(user.Text)} alone.
              client {Printable.Of(user.Text)} <server_ip> <server_port> 9001 --invite {code.Reveal()}
            """));
        return null;
    }

    private void Print(MemberList list, TextWriter output)
    {
        foreach (var member in list.Members)
            output.WriteLine($"{Printable.Of(member.User.Text)}  {member.Key.Grouped}  since {Day(member.Since)}");
        foreach (var open in list.Invitations.Where(invitation => invitation.Until > time.GetUtcNow()))
            output.WriteLine($"{Printable.Of(open.User.Text)}  invited until {Day(open.Until)}");
        if (list.Members.IsEmpty && list.Invitations.IsEmpty)
            output.WriteLine("Nobody yet; 'server invite <username>' invites somebody.");
    }

    private static string Day(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // A command returns null, or one line that says what happened and what to do.
    private int Run(ParseResult result, Option<string?> state, Func<string, string?> command)
    {
        // A variable that is empty counts as not set.
        var folder = result.GetValue(state)
            ?? (variable(EnvironmentOptions.NameOf(state)) is { Length: > 0 } named ? named : Environment.CurrentDirectory);
        string? problem;
        try
        {
            problem = command(Path.GetFullPath(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            problem = $"cannot change the members: {Printable.Of(e.Message)} Name the server's folder with --state DIR.";
        }

        if (problem is not null)
            result.InvocationConfiguration.Error.WriteLine($"server: {problem}");
        return problem is null ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static Option<string?> StateOfServer() =>
        StateOption.Create("The folder of the server's state (default: this folder, which is that of its log where no other was given).");

    private static Argument<UserName> UserArgument(string description) => new("username")
    {
        Description = description,
        CustomParser = result =>
        {
            if (UserName.TryParse(Encoding.UTF8.GetBytes(result.Tokens[0].Value), out var name, out var refusal))
                return name;
            result.AddError($"'{result.Tokens[0].Value}' is no user name: {refusal}.");
            return default;
        },
    };

    private static int ParseDays(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, null, out var days) && days is >= 1 and <= MaxDays)
            return days;
        result.AddError($"'{text}' is not a number in 1..{MaxDays}.");
        return 0;
    }
}
