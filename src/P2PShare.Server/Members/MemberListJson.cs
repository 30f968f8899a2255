using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Members;

/// <summary>A <see cref="MemberList"/> as it stands in its file.</summary>
internal static class MemberListJson
{
    /// <exception cref="InvalidDataException">The text is none.</exception>
    public static MemberList Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var document = JsonSerializer.Deserialize(json, MemberListContext.Default.MemberListDocument)
                ?? throw new InvalidDataException("it is empty");
            return Checked(new MemberList(
                [.. document.Members.Select(one => Present(one)).Select(one => new Member(UserOf(one.User), KeyOf(one.Key), one.Since))],
                [
                    .. document.Invitations.Select(one => Present(one))
                        .Select(one => new Invitation(UserOf(one.User), one.SecretHash, one.Until)),
                ])
            {
                Revocations = MemberList.Newest(
                [
                    .. (document.Revocations ?? []).Select(one => Present(one))
                        .Select(one => new Revocation(UserOf(one.User), KeyOf(one.Key), one.At)),
                ]),
                ClosedInvitations = MemberList.Newest(
                [
                    .. (document.ClosedInvitations ?? []).Select(one => Present(one))
                        .Select(one => new ClosedInvitation(one.SecretHash, one.Until)),
                ]),
            });
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    /// <summary>As it stands in the file.</summary>
    public static byte[] Format(MemberList list) => Format(list, isIndented: true);

    /// <summary>In as few bytes as possible.</summary>
    public static byte[] FormatCompact(MemberList list) => Format(list, isIndented: false);

    private static byte[] Format(MemberList list, bool isIndented)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = isIndented });
        JsonSerializer.Serialize(writer, DocumentOf(list), MemberListContext.Default.MemberListDocument);
        return buffer.WrittenSpan.ToArray();
    }

    // What is empty is left out: programs before these parts wrote the same.
    private static MemberListDocument DocumentOf(MemberList list) => new(
        [.. list.Members.Select(one => new MemberDocument(one.User.Text, one.Key.Grouped, one.Since))],
        [.. list.Invitations.Select(one => new InvitationDocument(one.User.Text, one.SecretHash, one.Until))],
        list.Revocations.IsEmpty
            ? null
            : [.. list.Revocations.Select(one => new RevocationDocument(one.User.Text, one.Key.Grouped, one.At))],
        list.ClosedInvitations.IsEmpty
            ? null
            : [.. list.ClosedInvitations.Select(one => new ClosedInvitationDocument(one.SecretHash, one.Until))]);

    // The serializer lets null through where it is an element of an array.
    private static T Present<T>(T? entry)
        where T : class => entry ?? throw new InvalidDataException("an entry is null");

    private static MemberList Checked(MemberList list)
    {
        if (list.Members.DistinctBy(member => member.Key).Count() < list.Members.Length)
            throw new InvalidDataException("two members have one key");
        return list.Members.DistinctBy(member => member.User).Count() == list.Members.Length
            ? list
            : throw new InvalidDataException("two members have one name");
    }

    private static UserName UserOf(string text) => UserName.TryParse(Encoding.UTF8.GetBytes(text), out var user, out var refusal)
        ? user
        : throw new InvalidDataException(refusal);

    private static KeyFingerprint KeyOf(string text) => KeyFingerprint.TryParseTyped(text, out var key)
        ? key
        : throw new InvalidDataException("a key is no fingerprint");
}

/// <summary>The file.</summary>
internal sealed record MemberListDocument(
    [property: JsonRequired] MemberDocument[] Members,
    [property: JsonRequired] InvitationDocument[] Invitations,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RevocationDocument[]? Revocations = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ClosedInvitationDocument[]? ClosedInvitations = null);

/// <inheritdoc cref="Member"/>
internal sealed record MemberDocument(
    [property: JsonRequired] string User, [property: JsonRequired] string Key, [property: JsonRequired] DateTimeOffset Since);

/// <inheritdoc cref="Invitation"/>
internal sealed record InvitationDocument(
    [property: JsonRequired] string User, [property: JsonRequired] string SecretHash, [property: JsonRequired] DateTimeOffset Until);

/// <inheritdoc cref="Revocation"/>
internal sealed record RevocationDocument(
    [property: JsonRequired] string User, [property: JsonRequired] string Key, [property: JsonRequired] DateTimeOffset At);

/// <inheritdoc cref="ClosedInvitation"/>
internal sealed record ClosedInvitationDocument(
    [property: JsonRequired] string SecretHash, [property: JsonRequired] DateTimeOffset Until);

/// <summary>Serializes the file without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MemberListDocument))]
internal sealed partial class MemberListContext : JsonSerializerContext;
