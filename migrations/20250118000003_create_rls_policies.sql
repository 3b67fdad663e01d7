-- Enable RLS on all tables
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE prompts ENABLE ROW LEVEL SECURITY;
ALTER TABLE prompt_answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE test_results ENABLE ROW LEVEL SECURITY;
ALTER TABLE prompt_templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_favorites ENABLE ROW LEVEL SECURITY;

-- Users table policies
CREATE POLICY "Users can view own profile" ON users
  FOR SELECT USING (auth.uid() = id);

CREATE POLICY "Users can update own profile" ON users
  FOR UPDATE USING (auth.uid() = id);

-- Prompts table policies
CREATE POLICY "Users can view own prompts" ON prompts
  FOR SELECT USING (auth.uid() = user_id);

CREATE POLICY "Users can view public prompts" ON prompts
  FOR SELECT USING (is_public = true);

CREATE POLICY "Users can create own prompts" ON prompts
  FOR INSERT WITH CHECK (auth.uid() = user_id);

CREATE POLICY "Users can update own prompts" ON prompts
  FOR UPDATE USING (auth.uid() = user_id);

CREATE POLICY "Users can delete own prompts" ON prompts
  FOR DELETE USING (auth.uid() = user_id);

-- Prompt answers table policies
CREATE POLICY "Users can view own prompt answers" ON prompt_answers
  FOR SELECT USING (
    EXISTS (SELECT 1 FROM prompts WHERE prompts.id = prompt_answers.prompt_id AND prompts.user_id = auth.uid())
  );

CREATE POLICY "Users can create own prompt answers" ON prompt_answers
  FOR INSERT WITH CHECK (
    EXISTS (SELECT 1 FROM prompts WHERE prompts.id = prompt_answers.prompt_id AND prompts.user_id = auth.uid())
  );

CREATE POLICY "Users can update own prompt answers" ON prompt_answers
  FOR UPDATE USING (
    EXISTS (SELECT 1 FROM prompts WHERE prompts.id = prompt_answers.prompt_id AND prompts.user_id = auth.uid())
  );

CREATE POLICY "Users can delete own prompt answers" ON prompt_answers
  FOR DELETE USING (
    EXISTS (SELECT 1 FROM prompts WHERE prompts.id = prompt_answers.prompt_id AND prompts.user_id = auth.uid())
  );

-- Test results table policies
CREATE POLICY "Users can view own test results" ON test_results
  FOR SELECT USING (auth.uid() = user_id);

CREATE POLICY "Users can create own test results" ON test_results
  FOR INSERT WITH CHECK (auth.uid() = user_id);

CREATE POLICY "Users can delete own test results" ON test_results
  FOR DELETE USING (auth.uid() = user_id);

-- Prompt templates table policies
CREATE POLICY "Users can view own templates" ON prompt_templates
  FOR SELECT USING (auth.uid() = user_id);

CREATE POLICY "Users can view public templates" ON prompt_templates
  FOR SELECT USING (
    EXISTS (SELECT 1 FROM prompts WHERE prompts.id = prompt_templates.prompt_id AND prompts.is_public = true)
  );

CREATE POLICY "Users can create own templates" ON prompt_templates
  FOR INSERT WITH CHECK (auth.uid() = user_id);

CREATE POLICY "Users can update own templates" ON prompt_templates
  FOR UPDATE USING (auth.uid() = user_id);

CREATE POLICY "Users can delete own templates" ON prompt_templates
  FOR DELETE USING (auth.uid() = user_id);

-- User favorites table policies
CREATE POLICY "Users can view own favorites" ON user_favorites
  FOR SELECT USING (auth.uid() = user_id);

CREATE POLICY "Users can create own favorites" ON user_favorites
  FOR INSERT WITH CHECK (auth.uid() = user_id);

CREATE POLICY "Users can delete own favorites" ON user_favorites
  FOR DELETE USING (auth.uid() = user_id);
