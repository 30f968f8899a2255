namespace P2PShare.Protocol.Grammar.Commands;

/// <summary>Reasons for a refusal that more than one message gives.</summary>
internal static class Refusals
{
    public const string BadPort = "port is not a number in 1..65535";
    public const string BadAddress = "address is not the IP address of one host";
    public const string PortMissing = "port missing";
    public const string BadIdentity = "file id and size do not name a content";
    public const string BadId = "file id is not 64 hexadecimal digits";
    public const string UnexpectedArguments = "unexpected words after the command";
}
