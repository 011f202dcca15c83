using System.CommandLine;
using System.CommandLine.Parsing;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Cli;

/// <summary>An option that a command does not know, which the parser takes for one of its arguments.</summary>
internal static class UnknownOption
{
    /// <summary>What to say of the first such one; null when there is none. A file of that name is an argument, and so is whatever follows <c>--</c>.</summary>
    public static string? Of(ParseResult parsed)
    {
        var command = parsed.CommandResult;
        var unknown = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .Where(token => token is { Type: TokenType.Argument, Value: ['-', _, ..] } && command.Tokens.Contains(token)).Select(token => token.Value)
            .FirstOrDefault(value => !Path.Exists(value));
        return unknown is null ? null
            : $"panda: unknown option '{unknown}' of {command.Command.Name}{Suggestion.Tail(unknown, [.. command.Command.Options.Where(option => !option.Hidden).Select(option => option.Name)])}";
    }
}
